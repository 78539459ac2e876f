/**
 * Fills an empty database with an old system of any size, to try an import by hand:
 * `node test/support/fill-old-system.ts postgresql://user:password@127.0.0.1:5432/old 20000`
 */
import { DatabaseSync } from 'node:sqlite';
import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';
import { fillOldSystem, type OldDialect } from './old-system-sql.ts';

const [address = '', count = '200', variant] = process.argv.slice(2);
const { execute, end, dialect } = await open();
console.log(await fillOldSystem(execute, dialect, { count: Number(count), now: new Date() }));
await end();

async function open(): Promise<{
  execute: (statement: string) => unknown;
  end: () => unknown;
  dialect: OldDialect;
}> {
  if (address.startsWith('postgresql:')) {
    const client = new Client(address);
    await client.connect();
    const dialect = variant === 'snake' ? 'postgresql-snake' : 'postgresql';
    return { execute: (statement) => client.query(statement), end: () => client.end(), dialect };
  }
  if (address.startsWith('mysql:')) {
    const connection = await createConnection(address);
    const execute = (statement: string) => connection.query(statement);
    return { execute, end: () => connection.end(), dialect: 'mysql' };
  }
  const database = new DatabaseSync(address.replace(/^sqlite:/, ''));
  database.exec('pragma synchronous = off');
  const execute = (statement: string) => database.exec(statement);
  return { execute, end: () => database.close(), dialect: 'sqlite' };
}
