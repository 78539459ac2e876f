/**
 * A login, and lists of users, in small and in large databases. They need a real PostgreSQL.
 *
 * @module
 */
import type { Bed } from '../bed/bed.ts';
import { nameOf, partOf, RARE_ROLE, startDatabases } from '../bed/many-users.ts';
import type { Call, Services } from '../bed/services.ts';
import { issueTokens } from '../bed/tokens.ts';
import { PASSWORD, PERMISSIONS } from '../bed/users.ts';
import type { Workerd } from '../bed/workerd.ts';
import { sendLogin } from '../load/login.ts';
import { send } from '../load/request.ts';
import { inRounds } from '../load/rounds.ts';
import { beside, type Goal, type Measurement, type Row } from '../report/row.ts';
import { spreadOf } from '../report/statistics.ts';
import { SQL_CALLS } from './login.ts';

/** The first one is the floor of the others. */
const SIZES = [1_000, 100_000, 1_000_000];

const ROUNDS = 9;

/** The times of one request, in milliseconds. */
interface Sample {
  wall: number;
  /** The share of the local endpoint and the database behind it. */
  sql: number;
}

/** A Portero before a database. */
interface Portero extends Workerd {
  services: Services;
  /** How many users the database has. */
  size: number;
  /** May list users. */
  token: string;
}

/** The lists by what they look for. @param user some user of the database, another one each time */
const LISTS: Record<string, (user: number) => string> = {
  'first page': () => '',
  'search of one user': (user) => `?search=${partOf(user)}`,
  'search of no user': (user) => `?search=x${partOf(user)}`,
  'search of two letters': () => '?search=zo',
  'rare role': () => `?role=${RARE_ROLE}`,
  'unknown role': () => '?role=Nobody',
};

const FAST: Goal = { of: 'measured', atMost: 30 };

/** The statement of a login does not get slower where there are more users. The rest is noise. */
const FLAT: Goal = { of: 'ratio', atMost: 1.25 };

export async function measureManyUsers(bed: Bed): Promise<Measurement> {
  if (bed.isQuick) return skipped('The quick run leaves out the databases of many users.');
  const databases = await startDatabases(SIZES);
  if (databases === undefined) {
    return skipped('No PostgreSQL is installed, so the databases of many users are left out.');
  }
  const [token = ''] = await issueTokens(bed.jwtSecret, PERMISSIONS, 1);
  const porteros = await Promise.all(
    databases.services.map(async (services, index) => {
      const portero = await bed.start({ portero: bed.portero(services.databaseUrl) });
      services.forgetCalls();
      return { ...portero, services, size: SIZES[index] ?? 0, token };
    }),
  );
  const logins = await sampleAll(porteros, logIn);
  const rows = [
    ...rowsOf('login: wall', logins, ({ wall }) => wall),
    ...rowsOf('login: SQL', logins, ({ sql }) => sql, FLAT),
  ];
  for (const [what, query] of Object.entries(LISTS)) {
    const samples = await sampleAll(porteros, (portero, user) => list(portero, query(user)));
    rows.push(...rowsOf(`list: ${what}`, samples, ({ wall }) => wall, FAST));
  }
  for (const portero of porteros) await portero.stop();
  await databases.stop();
  return { rows };
}

function skipped(note: string): Measurement {
  return { rows: [], notes: [note] };
}

let asked = 0;
/** A prime, so that each user is far away from the last one. */
const STRIDE = 7_919;

/** @returns the samples of each size */
async function sampleAll(
  porteros: Portero[],
  ask: (portero: Portero, user: number) => Promise<Sample>,
): Promise<Sample[][]> {
  const subjects = porteros.map((portero) => {
    const askOnce = () => ask(portero, (++asked * STRIDE) % portero.size);
    return [portero.size, askOnce] as const;
  });
  const samples = await inRounds({ rounds: ROUNDS, warmUp: 1 }, Object.fromEntries(subjects));
  return SIZES.map((size) => samples[size] ?? []);
}

/** Makes a row for each size but the smallest, which is the floor. */
function rowsOf(
  what: string,
  [smallest = [], ...others]: Sample[][],
  timeOf: (sample: Sample) => number,
  goal?: Goal,
): Row[] {
  const [smallestSize, ...sizes] = SIZES.map((size) => `${size.toLocaleString('en')} users`);
  const floor = { name: smallestSize ?? '', values: smallest.map(timeOf) };
  return others.map((samples, index) => ({
    ...beside(`${what}, ${sizes[index]}`, 'ms', samples.map(timeOf), floor, goal),
    sql: spreadOf(samples.map(({ sql }) => sql)),
  }));
}

async function logIn({ port, services }: Portero, user: number): Promise<Sample> {
  const { ms } = await sendLogin(port, { name: nameOf(user), password: PASSWORD }, 200);
  return { wall: ms, sql: sqlTime(await services.takeCalls('sql', SQL_CALLS)) };
}

async function list({ port, services, token }: Portero, query: string): Promise<Sample> {
  const headers = { Authorization: `Bearer ${token}` };
  // A database that is too slow is a 503, after the time that the caller has waited for it.
  const { ms } = await send(port, { path: `/api/Users${query}`, headers }, [200, 503]);
  return { wall: ms, sql: sqlTime(await services.takeCalls('sql', 1)) };
}

/** The first SQL call is the one that the answer waits for. */
function sqlTime(calls: Call[]): number {
  return calls.find(({ service }) => service === 'sql')?.ms ?? Number.NaN;
}
