/**
 * A login alone, beside the hash in it: so this is what everything else costs. And how often it calls the services.
 *
 * @module
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Bed } from '../bed/bed.ts';
import type { Call, Service } from '../bed/services.ts';
import { nextUser } from '../bed/users.ts';
import type { Workerd } from '../bed/workerd.ts';
import { sendLogin } from '../load/login.ts';
import { send } from '../load/request.ts';
import { inRounds } from '../load/rounds.ts';
import { alone, beside, type Measurement, type Row } from '../report/row.ts';

const ROUNDS = { quick: 8, full: 40 };

/** The statement that counts the attempt and, after the answer, the statement that takes it out of the count. */
export const SQL_CALLS = 2;

/** Workerd has read the answer of the last call after this time. */
const SETTLE_MS = 5;

/** The times of one request in milliseconds, and the calls that it has made. */
export interface Sample {
  cpu: number;
  wall: number;
  calls: Call[];
}

export async function measureLogin(bed: Bed): Promise<Measurement> {
  const portero = await bed.start({ portero: bed.portero() });
  const floor = await bed.start({ hash: { bundle: bed.bundles.hash } });
  const hash = (path: string) => () =>
    sample(floor, async () => ({ wall: (await send(floor.port, { path })).ms, calls: [] }));
  const { logins, slices, onePieces } = await inRounds(
    { rounds: bed.isQuick ? ROUNDS.quick : ROUNDS.full, warmUp: 2 },
    {
      logins: () => sampleLogin(portero, bed),
      slices: hash('/slices'),
      onePieces: hash('/one-piece'),
    },
  );
  await Promise.all([portero.stop(), floor.stop()]);

  const cpu = logins.map(cpuOf);
  const wall = logins.map(wallOf);
  const ownWall = logins.map(ownWallOf);
  const [cpuInSlices, wallInSlices] = floors('a hash in slices', slices);
  const [cpuInOnePiece, wallInOnePiece] = floors('a hash in one piece', onePieces);
  return {
    rows: [
      beside('login: CPU', 'ms', cpu, cpuInSlices, { of: 'ratio', atMost: 1.05 }),
      beside('login: CPU', 'ms', cpu, cpuInOnePiece, { of: 'ratio', atMost: 1.1 }),
      beside('login: own wall', 'ms', ownWall, wallInSlices, { of: 'ratio', atMost: 1.05 }),
      beside('login: own wall', 'ms', ownWall, wallInOnePiece, { of: 'ratio', atMost: 1.1 }),
      beside('login: wall with its services', 'ms', wall, wallInOnePiece),
      callsRow(logins, 'siteverify', 1),
      callsRow(logins, 'sql', SQL_CALLS),
      callsRow(logins, 'other', 0),
    ],
  };
}

function floors(name: string, samples: Sample[]) {
  return [
    { name, values: samples.map(cpuOf) },
    { name, values: samples.map(wallOf) },
  ] as const;
}

const cpuOf = ({ cpu }: Sample) => cpu;
const wallOf = ({ wall }: Sample) => wall;

/** What is left of the wall time without the time that the services themselves took until the answer. */
function ownWallOf({ wall, calls }: Sample): number {
  const timeOfFirst = (service: Service) => calls.find((call) => call.service === service)?.ms ?? 0;
  return wall - timeOfFirst('siteverify') - timeOfFirst('sql');
}

/** Logs in, and waits until the work after the answer is done too. */
async function logIn({ port }: Workerd, { services }: Bed) {
  const { ms: wall } = await sendLogin(port, nextUser(), 200);
  const calls = await services.takeCalls('sql', SQL_CALLS);
  await wait(SETTLE_MS);
  return { wall, calls };
}

/** One login, and what it costs. */
export function sampleLogin(portero: Workerd, bed: Bed): Promise<Sample> {
  return sample(portero, () => logIn(portero, bed));
}

async function sample(
  workerd: Workerd,
  act: () => Promise<{ wall: number; calls: Call[] }>,
): Promise<Sample> {
  const before = workerd.cpuMs();
  const acted = await act();
  return { ...acted, cpu: workerd.cpuMs() - before };
}

const CALL_NAMES: Record<Service, string> = {
  siteverify: 'calls to siteverify',
  sql: 'SQL round trips, one after the answer',
  other: 'other calls',
};

function callsRow(logins: Sample[], service: Service, goal: number): Row {
  const counts = logins.map(({ calls }) => calls.filter((call) => call.service === service).length);
  const what = `login: ${CALL_NAMES[service]}`;
  return alone(what, '', counts, { of: 'measured', atLeast: goal, atMost: goal });
}
