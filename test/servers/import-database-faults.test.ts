import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Limits } from '../../cli/import/database/database.ts';
import { openDatabase } from '../../cli/import/database/open-database.ts';
import { OperatorError } from '../../cli/operator-error.ts';
import { freePort } from '../support/free-port.ts';
import { readTable } from '../support/old-system-read.ts';
import { OLD_SERVERS, type OldServer, READER } from '../support/old-system-server.ts';
import { fillOldSystem } from '../support/old-system-sql.ts';

/** Long for what answers, short for what never does. */
const PATIENT: Limits = { connectMs: 30_000, silenceMs: 30_000 };
const IMPATIENT: Limits = { connectMs: 100, silenceMs: 100 };

/** Waits for a failure. @returns the sentence, which is for the operator and without a secret */
async function sentenceOf(failure: Promise<unknown>): Promise<string> {
  const error = await failure.then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(OperatorError);
  expect(error.message).not.toContain('Canario');
  return error.message;
}

async function open(address: string, limits: Limits = PATIENT) {
  const source = await openDatabase(address, {}, limits);
  onTestFinished(() => source.close());
  return source;
}

describe.each(['postgresql', 'mysql'])('an address of %s', (scheme) => {
  it('where nobody listens', async () => {
    const address = `${scheme}://u:Canario@127.0.0.1:${await freePort()}/old`;
    expect(await sentenceOf(open(address))).toMatch(/^Nobody answers at 127\.0\.0\.1:\d+\. Check/);
  });

  it('whose host is not known', async () => {
    expect(await sentenceOf(open(`${scheme}://u:Canario@none.invalid/old`))).toMatch(
      /^The host of none\.invalid:\d+ is not known\./,
    );
  });

  it('where somebody listens and never answers', async () => {
    const server = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const address = `${scheme}://u:Canario@127.0.0.1:${port}/old`;
    expect(await sentenceOf(open(address, IMPATIENT))).toMatch(/does not answer in time\. Check/);
    await once(server.close(), 'close'); // which waits for its connections
  });
});

it('says how to get the driver for SQL Server', async () => {
  expect(await sentenceOf(open('sqlserver://sa:Canario@127.0.0.1/old'))).toMatch(
    /not installed\. Run this first: npm install --no-save tedious@20\.3\.9$/,
  );
});

describe.each(OLD_SERVERS)('$name', ({ start }) => {
  describe.skipIf(start === undefined)('on a real server', () => {
    let server: OldServer;
    beforeAll(async () => {
      if (start === undefined) return;
      server = await start();
      await fillOldSystem(server.execute, server.dialect, { count: 20, now: new Date() });
      // More than the sockets' buffers hold.
      const [id, type] =
        server.dialect === 'mysql' ? ['UserId', 'ClaimType'] : ['"UserId"', '"ClaimType"'];
      const claims = server.dialect === 'mysql' ? 'AspNetUserClaims' : '"AspNetUserClaims"';
      const series = server.dialect === 'mysql' ? 'seq_1_to_50000' : 'generate_series(1, 50000)';
      const user = (await server.execute(`select ${id} as id from ${claims} limit 1`))[0]?.id;
      await server.execute(
        `insert into ${claims} (${id}, ${type}) select '${user}', repeat('x', 200) from ${series}`,
      );
    });
    afterAll(() => server?.stop());

    it('tells a wrong password', async () => {
      expect(await sentenceOf(open(server.addressOf({ password: 'Canario falso' })))).toMatch(
        /^The user and the password do not open the database old at localhost:\d+\. The password is/,
      );
    });

    it('asks for a password where there is none', async () => {
      expect(await sentenceOf(open(server.addressOf({ password: '' })))).toMatch(
        /^A password is needed for the database old at localhost:\d+\. Set SOURCE_PASSWORD/,
      );
    });

    it('takes the password of SOURCE_PASSWORD', async () => {
      vi.stubEnv('SOURCE_PASSWORD', READER.password);
      onTestFinished(() => void vi.unstubAllEnvs());
      expect(await readTable(await open(server.addressOf({ password: '' })), 'roles')).toHaveLength(
        4,
      );
    });

    it('tells a database that is not there', async () => {
      expect(await sentenceOf(open(server.addressOf({ database: 'nueva' })))).toMatch(
        /^The database nueva at localhost:\d+ does not exist, or the user may not open it\.$/,
      );
    });

    it('tells a server without TLS', async () => {
      expect(await sentenceOf(open(`${server.addressOf()}?sslmode=require`))).toMatch(
        /^The server at localhost:\d+ has no TLS\./,
      );
    });

    it('tells when somebody else keeps a table', async () => {
      const isMysql = server.dialect === 'mysql';
      await server.execute(
        isMysql ? 'lock tables AspNetUsers write' : 'begin; lock table "AspNetUsers"',
      );
      onTestFinished(() => void server.execute(isMysql ? 'unlock tables' : 'rollback'));
      const read = async () =>
        readTable(await open(server.addressOf(), { ...PATIENT, silenceMs: 2_000 }), 'users');
      expect(await sentenceOf(read())).toMatch(
        /^Nothing comes from the database old at localhost:\d+ any more, while .*AspNetUsers was read\./,
      );
    });

    it('tells when the connection is lost while a table is read', async () => {
      const source = await open(server.addressOf());
      const rows = source.tables.get('userClaims')?.rows();
      await rows?.next();
      await server.endReaders();
      const rest = async () => {
        for await (const _ of rows ?? []);
      };
      expect(await sentenceOf(rest())).toMatch(/(?:was lost|has ended).* while .*AspNetUserClaims/);
      expect(await sentenceOf(readTable(source, 'roles'))).toMatch(/(?:was lost|has ended)/);
    });

    it('ends at once when it is closed while a table is read', async () => {
      const source = await open(server.addressOf());
      const rows = source.tables.get('userClaims')?.rows();
      await rows?.next();
      const rest = async () => {
        for await (const _ of rows ?? []) await source.close();
      };
      expect(await sentenceOf(rest())).toMatch(/ was closed, while .*AspNetUserClaims was read\.$/);
      await expect.poll(server.countReaders).toBe(0);
    });
  });
});
