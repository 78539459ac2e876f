/** A real MariaDB for tests, where one is installed. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './free-port.ts';

export interface Mariadb {
  host: string;
  port: number;
  /** Has every right and no password. */
  user: 'root';
  /** The database, which is empty. */
  database: string;
  stop(): Promise<void>;
}

export interface MariadbOptions {
  /** The files of a certificate and its key. */
  tls?: { certificate: string; key: string };
}

const SERVER = '/usr/sbin/mariadbd';
const INSTALLER = '/usr/bin/mariadb-install-db';

/** Whether Debian's package is there. */
export function isMariadbInstalled(): boolean {
  return existsSync(SERVER) && existsSync(INSTALLER);
}

/** The user `nobody`, because MariaDB refuses to run as root. */
const NOBODY = 65_534;

/** Starts a server with the database `old`. */
export async function startMariadb(options: MariadbOptions = {}): Promise<Mariadb> {
  const folder = mkdtempSync(join(tmpdir(), 'portero-mariadb-'));
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(folder, NOBODY, NOBODY);
  const nobody = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  const data = join(folder, 'data');
  const common = ['--no-defaults', `--datadir=${data}`, `--tmpdir=${folder}`];
  execFileSync(
    INSTALLER,
    [...common, '--auth-root-authentication-method=normal', '--skip-test-db'],
    { cwd: folder, stdio: 'ignore', ...nobody },
  );
  const port = await freePort();
  const server = spawn(
    SERVER,
    [
      ...common,
      ...['--bind-address=127.0.0.1', `--port=${port}`, `--socket=${join(folder, 'socket')}`],
      ...['--innodb-flush-log-at-trx-commit=0', '--innodb-buffer-pool-size=64M'],
      ...tlsArguments(folder, isRoot, options),
    ],
    { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], ...nobody },
  );
  const ended = once(server, 'exit');
  await isReady(server.stderr);
  execFileSync('mariadb', [
    ...['--no-defaults', '--host=127.0.0.1', `--port=${port}`, '--user=root'],
    '--execute=create database old character set utf8mb4',
  ]);
  return {
    ...{ host: '127.0.0.1', port, user: 'root', database: 'old' },
    stop: async () => {
      server.kill('SIGKILL'); // nothing of it is kept
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

function tlsArguments(folder: string, isRoot: boolean, { tls }: MariadbOptions): string[] {
  if (tls === undefined) return [];
  const [certificate, key] = [join(folder, 'server.crt'), join(folder, 'server.key')];
  copyFileSync(tls.certificate, certificate);
  copyFileSync(tls.key, key);
  if (isRoot) for (const file of [certificate, key]) chownSync(file, NOBODY, NOBODY);
  return [`--ssl-cert=${certificate}`, `--ssl-key=${key}`];
}

async function isReady(log: NodeJS.ReadableStream): Promise<void> {
  const lines: string[] = [];
  const reader = createInterface(log);
  for await (const line of reader) {
    lines.push(line);
    if (line.includes('ready for connections')) {
      log.resume(); // the server must never wait for somebody to read its log
      return;
    }
  }
  throw new Error(`MariaDB does not start:\n${lines.join('\n')}`);
}
