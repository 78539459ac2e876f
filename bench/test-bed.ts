/**
 * The benches run against this test bed. It has the local services in a process of their own, a local Worker, and a
 * proxy between them. The proxy makes the database as slow as a database far away.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { layerIdOf, toHashRow } from '../cli/hash-row.ts';
import { DUMMY_TOKEN } from '../dev/siteverify.ts';
import { startWrangler } from '../dev/wrangler.ts';
import { connect } from '../src/db/connection.ts';
import { listForeignLayers } from '../src/db/foreign-layers.ts';
import { hashPassword } from '../src/password/password.ts';
import { parseStoredHash } from '../src/password/stored-hash.ts';
import { TEST_SECRETS } from '../src/turnstile/test-keys.ts';
import { expectValue } from '../test/support/expect-value.ts';
import { freePort } from '../test/support/free-port.ts';
import { identityHash } from '../test/support/identity-hash.ts';
import { leadTo } from '../test/support/outbound.ts';

const ROOT = join(import.meta.dirname, '..');
const PASSWORD = 'correct horse battery staple';

/**
 * @param names the number of users. Their names are `known-0`, `known-1`, …
 * @param entry the path of the Worker's module, relative to the root
 */
export async function startBed(names: number, entry: string) {
  const folder = mkdtempSync(join(tmpdir(), 'portero-bench-'));
  const [servicePort, workerPort] = [await freePort(), await freePort()];
  const service = await startServices(folder, servicePort);
  await fill(databaseUrlAt(servicePort), names);
  let latencyMs = 0;
  const proxy = await startProxy(servicePort, () => latencyMs);
  const secrets = {
    DATABASE_URL: databaseUrlAt((proxy.address() as AddressInfo).port),
    TURNSTILE_SECRET_KEY: TEST_SECRETS.passes,
    JWT_SECRET: randomBytes(32).toString('base64'),
  };
  const state = join(folder, 'wrangler');
  const wrangler = startWrangler({
    root: ROOT,
    port: workerPort,
    stateFolder: state,
    settings: secrets,
    print: () => {},
    entry,
  });
  await wrangler.ready;

  return {
    setLatency(ms: number): void {
      latencyMs = ms;
    },
    async forgetAttempts(): Promise<void> {
      await connect(databaseUrlAt(servicePort)).execute(sql`delete from login_attempts`);
    },
    /** Tries a wrong password. @returns the time until the answer, in milliseconds */
    attempt: (name: string) => attempt(workerPort, name),
    async close(): Promise<void> {
      await wrangler.stop();
      proxy.closeAllConnections();
      proxy.close();
      service.kill('SIGINT');
      await once(service, 'close');
      rmSync(folder, { recursive: true });
    },
  };
}

export type TestBed = Awaited<ReturnType<typeof startBed>>;

function databaseUrlAt(port: number): string {
  return `postgresql://portero:portero@127.0.0.1:${port}/portero`;
}

async function startServices(folder: string, port: number) {
  const environment = {
    PORTERO_LOCAL_FOLDER: folder,
    DATABASE_URL: databaseUrlAt(port),
    TURNSTILE_SECRET_KEY: TEST_SECRETS.passes,
  };
  const service = spawn(process.execPath, ['dev/dev.ts', '--services-only'], {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface(service.stdout))
    if (line.startsWith('JWT_SECRET')) break;
  service.stdout.resume();
  return service;
}

/** Adds users. The five kinds of hash take turns, and so do the four roles. One role has 200 modules. */
async function fill(databaseUrl: string, names: number): Promise<void> {
  const version2 = expectValue(parseStoredHash(identityHash(PASSWORD)));
  const version3 = expectValue(parseStoredHash(identityHash(PASSWORD, { prf: 'sha256' })));
  const today = await toHashRow(expectValue(parseStoredHash(await hashPassword(PASSWORD))), true);
  const hashes = [
    today,
    await toHashRow(version2, false),
    await toHashRow(version2, true),
    await toHashRow(version3, true),
    await toHashRow(null, true),
  ];
  const db = connect(databaseUrl);
  await db.execute(sql`insert into roles (name) values ('Small'), ('Large')`);
  await db.execute(sql`insert into modules select 'm-' || n, 'm' from generate_series(1, 200) n`);
  await db.execute(sql`
    insert into role_grants select roles.id, key, action
    from roles, modules, unnest(array['list', 'read']::permission_action[]) action
    where roles.name = 'Large' and key like 'm-%'`);
  for (const statement of listForeignLayers(
    db,
    hashes.flatMap(({ shape }) => shape ?? []),
  ))
    await statement;
  for (const [index, hash] of hashes.entries()) {
    await db.execute(sql`
      insert into users (id, user_name, normalized_user_name, password_hash, foreign_layer_id, role_id)
      select gen_random_uuid(), 'known-' || n, 'KNOWN-' || n, ${hash.passwordHash}, ${layerIdOf(hash)},
        (select id from roles order by (id + n) % 4 limit 1)
      from generate_series(0, ${names - 1}) n where n % ${hashes.length} = ${index}`);
  }
}

/** Passes every request on. A request to the database waits first. */
async function startProxy(port: number, latencyMs: () => number) {
  const pass = leadTo(`127.0.0.1:${port}`);
  const server = createServer(async (request, response) => {
    if (request.url === '/sql') await wait(latencyMs());
    pass(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

let attempts = 0;

async function attempt(port: number, name: string): Promise<number> {
  const number = ++attempts;
  const body = { UserName: name, Password: 'wrong-password', CaptchaToken: DUMMY_TOKEN };
  const start = performance.now();
  const response = await fetch(`http://127.0.0.1:${port}/api/Auth`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      // No rate limit stops a request, because each has an address of its own, and each name is tried once.
      'CF-Connecting-IP': `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`,
    },
    body: JSON.stringify(body),
  });
  await response.arrayBuffer();
  const time = performance.now() - start;
  if (response.status !== 401) throw new Error(`${response.status} instead of 401`);
  return time;
}
