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

/** What is asked of each database. */
interface Question {
  what: string;
  /** @param user some user of the database, another one each time */
  query?: (user: number) => string;
  goal?: Goal;
}

const FAST: Goal = { of: 'measured', atMost: 30 };

const QUESTIONS: Question[] = [
  { what: 'login', goal: { of: 'ratio', atMost: 1.05 } },
  { what: 'list: first page', query: () => '', goal: FAST },
  { what: 'list: search of one user', query: (user) => `?search=${partOf(user)}`, goal: FAST },
  { what: 'list: search of no user', query: (user) => `?search=x${partOf(user)}`, goal: FAST },
  { what: 'list: search of two letters', query: () => '?search=zo', goal: FAST },
  { what: 'list: rare role', query: () => `?role=${RARE_ROLE}`, goal: FAST },
  { what: 'list: unknown role', query: () => '?role=Nobody', goal: FAST },
];

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
  const rows: Row[] = [];
  for (const question of QUESTIONS) rows.push(...(await measureQuestion(question, porteros)));
  for (const portero of porteros) await portero.stop();
  await databases.stop();
  return { rows };
}

function skipped(note: string): Measurement {
  return { rows: [], notes: [note] };
}

/** A Portero before a database. */
interface Portero extends Workerd {
  services: Services;
  /** How many users the database has. */
  size: number;
  /** May list users. */
  token: string;
}

async function measureQuestion(question: Question, porteros: Portero[]): Promise<Row[]> {
  const samples = await inRounds(
    { rounds: ROUNDS, warmUp: 1 },
    Object.fromEntries(porteros.map((portero) => [portero.size, () => ask(portero, question)])),
  );
  const [floor = [], ...others] = SIZES.map((size) => samples[size] ?? []);
  return others.map((sizeSamples, index) => {
    const what = `${question.what}, ${SIZES[index + 1]?.toLocaleString('en')} users`;
    const smallest = { name: `${SIZES[0]?.toLocaleString('en')} users`, values: floor.map(wallOf) };
    const row = beside(what, 'ms', sizeSamples.map(wallOf), smallest, question.goal);
    return { ...row, sql: spreadOf(sizeSamples.map(sqlOf)) };
  });
}

const wallOf = ({ wall }: Sample) => wall;
const sqlOf = ({ sql }: Sample) => sql;

let asked = 0;
/** A prime, so that one user after the other is far away from the last one. */
const STRIDE = 7_919;

async function ask({ port, services, size, token }: Portero, { query }: Question): Promise<Sample> {
  const user = (++asked * STRIDE) % size;
  if (query === undefined) {
    const { ms } = await sendLogin(port, { name: nameOf(user), password: PASSWORD }, 200);
    return { wall: ms, sql: sqlTime(await services.takeCalls('sql', SQL_CALLS)) };
  }
  const headers = { Authorization: `Bearer ${token}` };
  // A database that is too slow is a 503, after the time that the caller has waited for it.
  const { ms } = await send(port, { path: `/api/Users${query(user)}`, headers }, [200, 503]);
  return { wall: ms, sql: sqlTime(await services.takeCalls('sql', 1)) };
}

/** The first SQL call is the one that the answer waits for. */
function sqlTime(calls: Call[]): number {
  return calls.find(({ service }) => service === 'sql')?.ms ?? Number.NaN;
}
