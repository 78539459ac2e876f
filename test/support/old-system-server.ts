/** Real servers that hold an old system, where they are installed. */
import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';
import { isMariadbInstalled, startMariadb } from './mariadb.ts';
import type { OldDialect } from './old-system-sql.ts';
import { installedPostgres, startServer } from './postgres.ts';
import { noteSecret } from './secrets.ts';

export interface OldServer {
  dialect: OldDialect;
  port: number;
  /** Runs a statement as the administrator. @returns its rows */
  execute(statement: string): Promise<Record<string, unknown>[]>;
  /** The connection string of {@link READER}, or of another user. */
  addressOf(options?: { user?: string; password?: string; database?: string }): string;
  /** Ends every connection of {@link READER}. */
  endReaders(): Promise<unknown>;
  /** How many connections {@link READER} has. */
  countReaders(): Promise<number>;
  stop(): Promise<void>;
}

/** May read everything, and nothing else. */
export const READER = { user: 'lector', password: 'Canario / 4711: sólo lectura' };
noteSecret(READER.password);

export interface TlsFiles {
  certificate: string;
  key: string;
}

/** By name. `start` is there where the server is installed. */
export const OLD_SERVERS: {
  name: string;
  start: ((tls?: TlsFiles) => Promise<OldServer>) | undefined;
}[] = [
  { name: 'PostgreSQL', start: installedPostgres() === undefined ? undefined : startPostgresql },
  { name: 'MariaDB', start: isMariadbInstalled() ? startMysql : undefined },
];

function addresses(scheme: string, port: number): OldServer['addressOf'] {
  return ({ user = READER.user, password = READER.password, database = 'old' } = {}) => {
    const secret = password === '' ? '' : `:${encodeURIComponent(password)}`;
    return `${scheme}://${user}${secret}@localhost:${port}/${database}`;
  };
}

async function startPostgresql(tls?: TlsFiles): Promise<OldServer> {
  const logins = [
    'host all postgres 127.0.0.1/32 trust',
    'host all plano 127.0.0.1/32 password',
    'host all all 127.0.0.1/32 scram-sha-256',
  ];
  const { config, stop } = await startServer(installedPostgres() ?? '', { logins, tls });
  const { host, user, port = 0 } = config;
  const first = new Client({ host, user, port, database: 'postgres' });
  await first.connect();
  await first.query('create database old');
  await first.end();
  const client = new Client({ host, user, port, database: 'old' });
  await client.connect();
  client.on('error', () => {}); // the server is stopped before it
  const execute = async (statement: string) => (await client.query(statement)).rows;
  for (const name of [READER.user, 'plano']) {
    await execute(`create role ${name} login password '${READER.password}'`);
    await execute(`alter default privileges grant select on tables to ${name}`);
  }
  const readers = `from pg_stat_activity where usename = '${READER.user}'`;
  return {
    dialect: 'postgresql',
    port,
    execute,
    addressOf: addresses('postgresql', port),
    endReaders: () => execute(`select pg_terminate_backend(pid) ${readers}`),
    countReaders: async () => Number((await execute(`select count(*) ${readers}`))[0]?.count),
    stop,
  };
}

async function startMysql(tls?: TlsFiles): Promise<OldServer> {
  const { host, port, user, database, stop } = await startMariadb({ tls });
  const connection = await createConnection({ host, port, user, database });
  connection.on('error', () => {}); // the server is stopped before it
  const execute = async (statement: string) =>
    (await connection.query(statement))[0] as Record<string, unknown>[];
  await execute(`create user ${READER.user} identified by '${READER.password}'`);
  await execute(`grant select on old.* to ${READER.user}`);
  const readers = `from information_schema.PROCESSLIST where USER = '${READER.user}'`;
  return {
    dialect: 'mysql',
    port,
    execute,
    addressOf: addresses('mysql', port),
    endReaders: () => execute(`kill user ${READER.user}`),
    countReaders: async () =>
      Number((await execute(`select count(*) as count ${readers}`))[0]?.count),
    stop,
  };
}
