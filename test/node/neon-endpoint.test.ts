/** The local Neon endpoint, as Neon's own driver and Drizzle see it. */
import { rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { FullQueryResults } from '@neondatabase/serverless';
import { sql as statement } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Engine, startEngine } from '../../dev/engine.ts';
import { type LocalServer, startLocalServer } from '../../dev/local-server.ts';
import { connect } from '../../src/db/connection.ts';
import { sqlEndpoint } from '../../src/db/database-address.ts';
import { makeMemoryFolder } from '../support/make-temporary-folder.ts';
import { copyDatabaseInto, temporaryDatabase } from '../support/temporary-folder.ts';

/** The driver as a CommonJS module, which is a copy of its own: Drizzle makes the other one leave times as text. */
const { NeonDbError, neon, neonConfig } = createRequire(import.meta.url)(
  '@neondatabase/serverless',
) as typeof import('@neondatabase/serverless');

const folder = makeMemoryFolder();
const data = join(folder, 'postgres');
let engine: Engine;
let server: LocalServer;
let sql: ReturnType<typeof neon<false, true>>;

beforeAll(async () => {
  copyDatabaseInto(folder);
  engine = await startEngine(data, { graceMs: 0 });
  server = await startLocalServer({ execute: engine.execute });
  neonConfig.fetchEndpoint = sqlEndpoint(server.databaseUrl) ?? '';
  sql = neon(server.databaseUrl, { fullResults: true });
});
afterAll(async () => {
  await server.close();
  await engine.close();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  await sql`drop table if exists item`;
  await sql`create table item (id int primary key, note text)`;
});

function post(body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`http://${new URL(server.databaseUrl).host}/sql`, { method: 'POST', body, headers });
}

describe('a query', () => {
  test('comes back in the types of the driver', async () => {
    const [row] = await neon(server.databaseUrl)`
      select 1::int as int, 9007199254740993::bigint as big, 1.50::numeric as num, true as yes,
        null as nothing, 'ñ'::text as text, '{a,NULL,"b c"}'::text[] as texts,
        '{"a":[1]}'::jsonb as json, '2026-01-02T03:04:05Z'::timestamptz as at, '\\x00ff'::bytea as raw`;
    expect(row).toEqual({
      int: 1,
      big: '9007199254740993',
      num: '1.50',
      yes: true,
      nothing: null,
      text: 'ñ',
      texts: ['a', null, 'b c'],
      json: { a: [1] },
      at: new Date('2026-01-02T03:04:05Z'),
      raw: Buffer.from([0, 255]),
    });
  });

  test('takes parameters of every kind', async () => {
    const values = [7, 'x', true, null, ['a', 'b'], { a: 1 }, new Date(0)];
    const { rows } = await sql.query(
      'select $1::int a, $2::text b, $3::bool c, $4::text d, $5::text[] e, $6::jsonb f, $7::timestamptz g',
      values,
    );
    expect(Object.values(rows[0] ?? {})).toEqual(values);
  });

  test('goes over the wire as text, as Neon sends it', async () => {
    const response = await post('{"query":"select 1 as a, true as b, null as c"}', {
      'Neon-Connection-String': server.databaseUrl,
    });
    expect(await response.json()).toMatchObject({
      command: 'SELECT',
      rowCount: 1,
      rowAsArray: true,
      rows: [['1', 't', null]],
      fields: [
        { name: 'a', dataTypeID: 23, dataTypeSize: 4, dataTypeModifier: -1, format: 'text' },
        { name: 'b', dataTypeID: 16 },
        { name: 'c', dataTypeID: 25 },
      ],
    });
  });

  test.each([
    [`insert into item values (1, 'a'), (2, 'b')`, 'INSERT', 2],
    ['update item set note = null', 'UPDATE', 0],
    ['create temporary table other (id int)', 'CREATE', null],
  ])('%s reports %s and %s', async (query, command, rowCount) => {
    expect(await sql.query(query)).toMatchObject({ command, rowCount });
  });

  test('is one statement', async () => {
    const two = sql.query('insert into item values (1); insert into item values (2)');
    await expect(two).rejects.toMatchObject({ code: '42601' });
    expect((await sql`select * from item`).rows).toEqual([]);
  });

  test('leaves nothing to the next one', async () => {
    await sql`begin`;
    await sql`insert into item values (1)`;
    await sql`set statement_timeout = 1`;
    await sql`rollback`;
    expect((await sql`select * from item`).rowCount).toBe(1);
    expect((await sql`show statement_timeout`).rows).toEqual([{ statement_timeout: '0' }]);
  });
});

describe('an error of PostgreSQL', () => {
  test('is the one that Neon reports', async () => {
    await sql`insert into item values (1)`;
    const error = await sql`insert into item values (1)`.catch((reason) => reason);
    expect(error).toBeInstanceOf(NeonDbError);
    expect(error).toMatchObject({
      message: 'duplicate key value violates unique constraint "item_pkey"',
      severity: 'ERROR',
      code: '23505',
      detail: 'Key (id)=(1) already exists.',
      hint: undefined,
      schema: 'public',
      table: 'item',
      constraint: 'item_pkey',
      routine: '_bt_check_unique',
    });
  });

  test('is a 400', async () => {
    const headers = { 'Neon-Connection-String': server.databaseUrl };
    expect((await post('{"query":"selec"}', headers)).status).toBe(400);
  });
});

describe('a batch', () => {
  test('is one transaction', async () => {
    const batch = sql.transaction([
      sql`insert into item values (1)`,
      sql`insert into item values (1)`,
    ]);
    await expect(batch).rejects.toMatchObject({ code: '23505' });
    expect((await sql`select * from item`).rows).toEqual([]);
  });

  test('returns the result of each query', async () => {
    const results = await sql.transaction([sql`select 1 as a`, sql`select 'x' as b`]);
    expect(results.map(({ rows }: FullQueryResults<false>) => rows)).toEqual([
      [{ a: 1 }],
      [{ b: 'x' }],
    ]);
  });

  test.each([
    ['ReadCommitted', 'read committed'],
    ['RepeatableRead', 'repeatable read'],
    ['Serializable', 'serializable'],
  ] as const)('runs at %s', async (isolationLevel, level) => {
    const [result] = await sql.transaction([sql`show transaction_isolation`], { isolationLevel });
    expect(result?.rows).toEqual([{ transaction_isolation: level }]);
  });

  test('can be read-only and deferrable', async () => {
    const options = { isolationLevel: 'Serializable', readOnly: true, deferrable: true } as const;
    const results = await sql.transaction(
      [sql`show transaction_read_only`, sql`show transaction_deferrable`],
      options,
    );
    expect(results.map(({ rows }) => Object.values(rows[0] ?? {})[0])).toEqual(['on', 'on']);
    await expect(
      sql.transaction([sql`insert into item values (1)`], options),
    ).rejects.toMatchObject({
      code: '25006',
    });
  });

  test('of Drizzle works as well', async () => {
    const db = connect(server.databaseUrl);
    const [first] = await db.batch([db.execute(statement`select 1 as a`)]);
    expect(first.rows).toEqual([{ a: 1 }]);
  });
});

describe('a request is refused', () => {
  test('without a connection string', async () => {
    expect((await post('{"query":"select 1"}')).status).toBe(400);
  });

  test.each(['', '[]', '{}', '{"query":1}', '{"queries":[1]}'])(
    'with the body %j',
    async (body) => {
      const headers = { 'Neon-Connection-String': server.databaseUrl };
      expect((await post(body, headers)).status).toBe(400);
    },
  );

  const withPassword = (password: string) => {
    const url = new URL(server.databaseUrl);
    url.password = password;
    return url.href;
  };

  test.each([
    ['another password', () => withPassword('portero')],
    ['no password', () => withPassword('')],
    ['a part of the password', () => withPassword(new URL(server.databaseUrl).password.slice(1))],
    ['a password that cannot be decoded', () => withPassword('%E0%A4')],
    ['no URL', () => 'portero'],
  ])('with %s', async (_, url) => {
    const response = await post('{"query":"select 1"}', { 'Neon-Connection-String': url() });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: '28P01', severity: 'FATAL' });
  });
});

describe('a web page in the developer’s browser', () => {
  /** `fetch` sends no `Host` and no `Origin` of one's choice. */
  function ask(path: string, headers: Record<string, string>): Promise<number | undefined> {
    const { hostname, port } = new URL(server.databaseUrl);
    const body = '{"query":"select 1"}';
    return new Promise((resolve, reject) => {
      const request = httpRequest({
        hostname,
        port,
        path,
        method: 'POST',
        headers: { 'Neon-Connection-String': server.databaseUrl, ...headers },
      });
      request.on('response', (response) => resolve(response.resume().statusCode));
      request.on('error', reject).end(body);
    });
  }

  test.each(['/sql', '/turnstile/v0/siteverify'])('gets nothing at %s', async (path) => {
    for (const Host of [
      'attacker.example',
      'attacker.example:8787',
      'localhost.attacker.example',
      '127.0.0.1.attacker.example',
      'localhost@attacker.example',
      '10.0.0.1',
      '0.0.0.0',
      '[::2]',
    ]) {
      // The server library refuses a name that is none by itself.
      expect([`${Host} 421`, `${Host} 400`]).toContain(`${Host} ${await ask(path, { Host })}`);
    }
    for (const Origin of ['https://attacker.example', 'http://localhost:8787', 'null', '']) {
      expect([Origin, await ask(path, { Origin })]).toEqual([Origin, 403]);
    }
  });

  test.each(['localhost', 'LOCALHOST:5480', '127.0.0.1', '127.1.2.3:80', '[::1]:5480'])(
    'is not what calls %s',
    async (Host) => {
      expect(await ask('/sql', { Host })).toBe(200);
    },
  );
});

describe('a statement that the engine cannot do', () => {
  test.each([
    "copy (select 1) to program 'cat'",
    "COPY item TO PROGRAM 'cat'",
    "-- a comment\n /* another */ copy item from program 'true'",
    'copy item from stdin',
    ";copy (select 1) to program 'cat'",
    ' ; ;-- a comment\n;copy item to stdout',
    'copy item to stdout',
    "copy item to '/tmp/item'",
  ])('ends with an error: %s', async (query) => {
    await expect(sql.query(query)).rejects.toMatchObject({ code: '0A000' });
    expect((await sql`select 1 as a`).rows).toEqual([{ a: 1 }]);
  });

  test('is none of those that have the word in them', async () => {
    await sql`create temporary table copy (a int)`;
    expect((await sql`select 'copy' as copy`).rows).toEqual([{ copy: 'copy' }]);
  });
});

describe('a statement that hangs is given up when its caller has gone, and the next one is answered', () => {
  test.each([
    ['in the engine', `do $$ begin execute 'copy (select 1) to program ''cat'''; end $$`],
    ['in a loop', 'do $$ begin loop end loop; end $$'],
    ['asleep', 'select pg_sleep(3600)'],
  ])('%s', async (_, query) => {
    const caller = new AbortController();
    const signal = caller.signal;
    const hanging = sql.query(query, [], { fetchOptions: { signal } });
    const next = sql`select 1 as a`;
    caller.abort();
    await expect(hanging).rejects.toThrow();
    expect((await next).rows).toEqual([{ a: 1 }]);
  });

  test('or when it has taken longer than any may', async () => {
    const impatient = await startEngine(join(temporaryDatabase(), 'postgres'), { longestMs: 1 });
    const { signal } = new AbortController();
    const answer = (query: string) => impatient.execute({ query, params: [] }, signal);
    expect(await answer('select pg_sleep(3600)')).toMatchObject({
      status: 400,
      body: { code: '57P02' },
    });
    await impatient.close();
  });

  test('one that ends the engine is answered with an error', async () => {
    const query = `do $$ begin execute 'copy item from stdin'; end $$`;
    await sql.query(query).catch(() => {});
    expect((await sql`select 1 as a`).rows).toEqual([{ a: 1 }]);
  });
});
