/** The database and siteverify die, hang and come back under a steady stream of logins. */
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'drizzle-orm';
import { expect, onTestFinished, test } from 'vitest';
import { KEEP_IDLE } from '../../dev/local-server.ts';
import { connect } from '../../src/db/connection.ts';
import { freePort } from '../support/free-port.ts';
import { localEnvironment } from '../support/local-environment.ts';
import { leadTo } from '../support/outbound.ts';
import { startPlainWrangler } from '../support/plain-wrangler.ts';
import { type Environment, start } from '../support/process.ts';

/** The sum of a login's deadlines, as docs/limits.md has it. */
const LONGEST_LOGIN_MS = 20_000;

/** They log in at the same time. */
const CLIENTS = 2;

const USERS = 20_000;

/** A process that can be killed, stopped and started again. @param sign what it prints when it listens */
async function startService(args: string[], environment: Environment, sign: string) {
  const spawn = async () => {
    const process = start(args, environment);
    await process.printed(sign);
    return process;
  };
  let process = await spawn();
  return {
    kill: async () => {
      process.signal('SIGKILL');
      await process.ended;
    },
    restart: async () => {
      process = await spawn();
    },
    pause: () => process.signal('SIGSTOP'),
    resume: () => process.signal('SIGCONT'),
  };
}

const startDatabase = (environment: Environment) =>
  startService(['dev/dev.ts', '--services-only'], environment, 'The local services listen');

/** The local server without its database. */
const SITEVERIFY = `
  const { startLocalServer } = await import('./dev/local-server.ts');
  const execute = () => Promise.reject(new Error('this one has no database'));
  await startLocalServer({ execute, port: Number(process.env.PORT) });
  console.log('siteverify listens');`;

const startSiteverify = (port: number) =>
  startService(
    ['--input-type=module-typescript', '--eval', SITEVERIFY],
    { PORT: String(port) },
    'siteverify listens',
  );

/** One address for both, because siteverify's is that of the local database. @param database a host, as the other one */
async function startFront(database: string, siteverify: string): Promise<string> {
  const toDatabase = leadTo(database);
  const toSiteverify = leadTo(siteverify);
  const server = createServer(KEEP_IDLE, (request, response) =>
    request.url === '/sql' ? toDatabase(request, response) : toSiteverify(request, response),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `postgresql://portero:portero@127.0.0.1:${(server.address() as AddressInfo).port}/portero`;
}

/** Users who have never failed a login, all with the password of `jdoe`. */
async function addFreshUsers(databaseUrl: string): Promise<void> {
  await connect(databaseUrl).execute(sql`
    insert into users (id, user_name, normalized_user_name, password_hash, role_id)
    select 'id-' || n, 'fresh' || n, 'FRESH' || n, password_hash, role_id
    from users, generate_series(1, ${USERS}) n where user_name = 'jdoe'`);
}

interface Answer {
  isRight: boolean;
  beganAt: number;
  endedAt: number;
  status: number;
}

/** Logs one fresh user in after the other, every fourth time with a wrong password. */
function streamLogins(url: string) {
  const answers: Answer[] = [];
  const answered = new EventEmitter();
  let count = 0;
  let isOver = false;

  async function loginOnce(): Promise<void> {
    const number = ++count;
    const isRight = number % 4 !== 0;
    const beganAt = performance.now();
    const response = await fetch(`${url}/api/Auth`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'CF-Connecting-IP': `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`,
      },
      body: JSON.stringify({
        UserName: `fresh${number}`,
        Password: isRight ? 's3cr3t' : 'wrong-password',
        CaptchaToken: 'XXXX.DUMMY.TOKEN.XXXX',
      }),
    });
    await response.arrayBuffer();
    answers.push({ isRight, beganAt, endedAt: performance.now(), status: response.status });
    answered.emit('answer');
  }
  const client = async () => {
    while (!isOver) await loginOnce();
  };
  const clients = Promise.all(Array.from({ length: CLIENTS }, client));

  return {
    answers,
    /** Waits for so many answers of a status, from now on. */
    async expect(status: number, times: number): Promise<void> {
      const from = answers.length;
      const enough = () =>
        answers.slice(from).filter((answer) => answer.status === status).length >= times;
      while (!enough()) await Promise.race([once(answered, 'answer'), clients]);
    },
    async end(): Promise<Answer[]> {
      isOver = true;
      await clients;
      return answers;
    },
  };
}

test('logins fail in time and only for as long as the database or siteverify are away', async () => {
  const environment = await localEnvironment();
  const siteverifyPort = await freePort();
  const database = await startDatabase(environment);
  const siteverify = await startSiteverify(siteverifyPort);
  await addFreshUsers(environment.DATABASE_URL);
  const { host } = new URL(environment.DATABASE_URL);
  const DATABASE_URL = await startFront(host, `127.0.0.1:${siteverifyPort}`);
  const url = await startPlainWrangler([], { ...environment, DATABASE_URL });
  const stream = streamLogins(url);
  await stream.expect(200, 5);

  for (const service of [database, siteverify]) {
    await service.kill();
    await stream.expect(503, 5);
    await service.restart();
    const restartedAt = performance.now();
    await stream.expect(200, 10);

    // A connection that is broken may be noticed by the first login of each client.
    const since = stream.answers.filter(({ beganAt }) => beganAt >= restartedAt);
    const later = since.toSorted((a, b) => a.beganAt - b.beganAt).slice(CLIENTS);
    expect(later.filter(({ status }) => status === 503)).toEqual([]);
  }

  database.pause();
  await stream.expect(503, 2); // at the deadline
  database.resume();
  await stream.expect(200, 5);

  for (const { isRight, status, beganAt, endedAt } of await stream.end()) {
    expect(isRight ? [200, 503] : [401, 503]).toContain(status);
    expect(endedAt - beganAt).toBeLessThan(LONGEST_LOGIN_MS);
  }
});
