/**
 * Databases of a real PostgreSQL with many users.
 *
 * @module
 */
import pg, { type PoolConfig } from 'pg';
import { hashPassword } from '../../src/password/password.ts';
import { installedPostgres, startServer } from '../../test/support/postgres.ts';
import { atExit } from './at-exit.ts';
import { type Services, startServices } from './services.ts';
import { PASSWORD } from './users.ts';

const FIRST_NAMES =
  'ana carlos lucia diego elena fernando gloria hugo ines jorge karina luis marta nicolas olga pablo raquel sergio teresa zoe';
const LAST_NAMES =
  'acosta benitez castro delgado espinoza flores gonzalez herrera iglesias jimenez lopez martinez navarro ortega perez quiroga ramirez suarez torres vargas';

/** A role that these users have, and nearly everybody else has another one. */
export const RARE_ROLE = 'Auditor';
const RARE_USERS = 3;

/** The name of a user. Every first name goes with every last name. @param n from 0 */
export function nameOf(n: number): string {
  const [first, last] = [FIRST_NAMES.split(' '), LAST_NAMES.split(' ')];
  return `${first[n % first.length]}.${last[Math.floor(n / first.length) % last.length]}.${padded(n)}`;
}

/** A part of a name that no other user has. */
export function partOf(n: number): string {
  return nameOf(n).split('.').slice(1).join('.');
}

const padded = (n: number) => String(n).padStart(7, '0');

/**
 * Starts one server with a database of each size, each behind services of its own.
 *
 * @returns `undefined` where no PostgreSQL is installed
 */
export async function startDatabases(
  sizes: number[],
): Promise<{ services: Services[]; stop(): Promise<void> } | undefined> {
  const bin = installedPostgres();
  if (bin === undefined) return undefined;
  const server = await startServer(bin);
  const stopServer = atExit(() => void server.stop());
  const services: Services[] = [];
  for (const size of sizes) {
    const database = `users_${size}`;
    await run(server.config, [`create database ${database}`]);
    const config = { ...server.config, database };
    services.push(await startServices(config));
    await fill(config, size);
  }
  return {
    services,
    async stop() {
      for (const service of services) await service.stop();
      stopServer();
    },
  };
}

async function fill(config: PoolConfig, users: number): Promise<void> {
  const hash = await hashPassword(PASSWORD);
  const array = (words: string) => `array['${words.split(' ').join("','")}']`;
  await run(config, [
    `insert into roles (name) values ('Sales'), ('${RARE_ROLE}')`,
    `insert into modules values ('users', 'Users')`,
    `insert into role_grants select id, 'users', 'list' from roles`,
    `insert into users (id, user_name, normalized_user_name, email, password_hash, role_id)
    select gen_random_uuid(), name, upper(name), name || '@example.com', '${hash}',
      (select id from roles where roles.name = case when n % ${Math.floor(users / RARE_USERS)} = 1 then '${RARE_ROLE}' else 'Sales' end)
    from (
      select n, first[1 + n % cardinality(first)] || '.'
        || last[1 + n / cardinality(first) % cardinality(last)] || '.' || lpad(n::text, 7, '0') as name
      from generate_series(0, ${users - 1}) n,
        (select ${array(FIRST_NAMES)} as first, ${array(LAST_NAMES)} as last) as names
    ) as named`,
    'vacuum analyze',
  ]);
}

async function run(config: PoolConfig, statements: string[]): Promise<void> {
  const client = new pg.Client(config);
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}
