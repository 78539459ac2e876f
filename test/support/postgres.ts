/** The database of the tests: an embedded PostgreSQL, or a real one where a setting says so. */
import { execFileSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import type { PoolConfig } from 'pg';
import { freePort } from './free-port.ts';

export interface Postgres {
  config: PoolConfig;
  stop(): Promise<void>;
}

/**
 * The embedded PostgreSQL runs one statement at a time, which proves nothing about races. With
 * `POSTGRES_BIN=/usr/lib/postgresql/17/bin npm test` the same tests run on a server with many sessions.
 */
export async function startPostgres(): Promise<Postgres> {
  const bin = process.env.POSTGRES_BIN;
  return bin ? startServer(bin) : startEmbedded();
}

async function startEmbedded(): Promise<Postgres> {
  const pglite = await PGlite.create();
  return { config: createPgConfig(pglite), stop: () => pglite.close() };
}

/** The user `nobody`, because PostgreSQL refuses to run as root. */
const NOBODY = 65_534;

const SESSIONS = 40;

async function startServer(bin: string): Promise<Postgres> {
  const folder = mkdtempSync(join(tmpdir(), 'portero-postgres-'));
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(folder, NOBODY, NOBODY);
  const port = await freePort();
  const data = join(folder, 'data');
  const run = (program: string, ...args: string[]) =>
    execFileSync(join(bin, program), ['-D', data, ...args], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
      ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {}),
    });
  run('initdb', '--auth=trust', '--username=postgres', '--no-sync', '--encoding=UTF8');
  const options = `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1 -c fsync=off`;
  run('pg_ctl', '-w', '-l', join(folder, 'log'), '-o', options, 'start');
  return {
    config: { host: '127.0.0.1', port, user: 'postgres', database: 'postgres', max: SESSIONS },
    stop: async () => {
      run('pg_ctl', '-w', '-m', 'immediate', 'stop');
      rmSync(folder, { recursive: true });
    },
  };
}
