/** What PostgreSQL does for the statements that a function sends. */
import { Client } from 'pg';
import { startLocalServer } from '../../dev/local-server.ts';
import { createExecutor, type NeonRequest } from '../../dev/neon-queries.ts';
import { connect, type Database } from '../../src/db/connection.ts';
import type { Postgres } from './postgres.ts';

/** What a statement has cost. */
export interface Cost {
  /** The blocks of 8 KiB that it has read, wherever they were. */
  blocks: number;
  /** The tables that it has read from the beginning. */
  scanned: string[];
}

export interface PlannedDatabase {
  databaseUrl: string;
  client: Client;
  /** Runs the one statement that a function sends, and takes back what it has changed. */
  costOf(use: (db: Database) => Promise<unknown>): Promise<Cost>;
  close(): Promise<void>;
}

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Loops': number;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: Plan[];
}

/** Makes an empty database on a server. */
export async function createPlannedDatabase(
  { config }: Postgres,
  name: string,
): Promise<PlannedDatabase> {
  const { host, port, user } = config;
  const first = new Client({ host, port, user, database: config.database });
  await first.connect();
  await first.query(`create database ${name}`);
  await first.end();
  const own = { host, port, user, database: name };
  const client = new Client(own);
  await client.connect();
  const execute = createExecutor(own);
  let last: NeonRequest | undefined;
  const server = await startLocalServer({
    execute: (request, signal) => {
      last = request;
      return execute(request, signal);
    },
  });
  return {
    databaseUrl: server.databaseUrl,
    client,
    async costOf(use) {
      await use(connect(server.databaseUrl));
      if (last === undefined || !('query' in last)) throw new Error('no statement was sent');
      await client.query('begin');
      const { rows } = await client.query(
        `explain (analyze, buffers, timing off, format json) ${last.query}`,
        last.params,
      );
      await client.query('rollback');
      const plan: Plan = rows[0]['QUERY PLAN'][0].Plan;
      return {
        blocks: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'],
        scanned: [...nodesOf(plan)]
          .filter((node) => node['Node Type'] === 'Seq Scan' && node['Actual Loops'] > 0)
          .map((node) => node['Relation Name'] ?? ''),
      };
    },
    async close() {
      await server.close();
      await client.end();
    },
  };
}

function* nodesOf(plan: Plan): Generator<Plan> {
  yield plan;
  for (const child of plan.Plans ?? []) yield* nodesOf(child);
}
