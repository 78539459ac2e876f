/** The database of the tests: an embedded PostgreSQL, or a real one where a setting says so. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import type { PoolConfig } from 'pg';
import { openEmbeddedPostgres } from '../../dev/embedded-postgres.ts';
import { freePort } from './free-port.ts';
import { migratedDatabase } from './migrated-database.ts';

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
  const pglite = await openEmbeddedPostgres({ loadDataDir: await migratedDatabase() });
  return { config: createPgConfig(pglite), stop: () => pglite.close() };
}

/** Where Debian's packages put the servers, each version in a folder of its own. */
const DEBIAN_SERVERS = '/usr/lib/postgresql';

/** The folder with the programs of a real server, or `undefined` where none is installed. */
export function installedPostgres(): string | undefined {
  if (process.env.POSTGRES_BIN) return process.env.POSTGRES_BIN;
  const versions = existsSync(DEBIAN_SERVERS) ? readdirSync(DEBIAN_SERVERS) : [];
  const newestFirst = versions.sort((one, other) => Number(other) - Number(one));
  return newestFirst
    .map((version) => join(DEBIAN_SERVERS, version, 'bin'))
    .find((bin) => existsSync(join(bin, 'initdb')));
}

export interface ServerOptions {
  /** The lines of `pg_hba.conf`, where not everybody may log in without a password. */
  logins?: string[];
  /** The files of a certificate and its key. */
  tls?: { certificate: string; key: string };
}

/** The user `nobody`, because PostgreSQL refuses to run as root. */
const NOBODY = 65_534;

const SESSIONS = 40;

/** Starts a real server. @param bin the folder of its programs */
export async function startServer(bin: string, options: ServerOptions = {}): Promise<Postgres> {
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
  if (options.logins !== undefined) {
    writeFileSync(join(data, 'pg_hba.conf'), `${options.logins.join('\n')}\n`);
  }
  const settings = ['listen_addresses=127.0.0.1', 'fsync=off'];
  if (options.tls !== undefined) {
    copyFileSync(options.tls.certificate, join(data, 'server.crt'));
    copyFileSync(options.tls.key, join(data, 'server.key'));
    chmodSync(join(data, 'server.key'), 0o600); // PostgreSQL refuses a key that others can read
    if (isRoot) chownSync(join(data, 'server.key'), NOBODY, NOBODY);
    settings.push('ssl=on');
  }
  const flags = settings.map((setting) => `-c ${setting}`).join(' ');
  run('pg_ctl', '-w', '-l', join(folder, 'log'), '-o', `-p ${port} -k ${folder} ${flags}`, 'start');
  return {
    config: { host: '127.0.0.1', port, user: 'postgres', database: 'postgres', max: SESSIONS },
    stop: async () => {
      run('pg_ctl', '-w', '-m', 'immediate', 'stop');
      rmSync(folder, { recursive: true });
    },
  };
}
