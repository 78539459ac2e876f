/**
 * How much longer a login takes when a service gets slower: the slope tells how many of its calls a login waits for, one
 * after the other.
 *
 * @module
 */
import type { Bed } from '../bed/bed.ts';
import type { Service } from '../bed/services.ts';
import { nextUser } from '../bed/users.ts';
import { sendLogin } from '../load/login.ts';
import { inRounds } from '../load/rounds.ts';
import { alone, type Measurement } from '../report/row.ts';
import { slope } from '../report/statistics.ts';
import { SQL_CALLS } from './login.ts';

const ROUNDS = { quick: 4, full: 15 };

/** None of them is 0, because a timer is a little late, and no timer would not be. */
const LATENCIES_MS = { quick: [10, 60, 110], full: [10, 40, 70, 100] };

/** One call. The rest is the noise of the hash. */
const ONE_CALL = { of: 'measured', atLeast: 0.9, atMost: 1.1 } as const;

export async function measureDependencies(bed: Bed): Promise<Measurement> {
  const { isQuick, services } = bed;
  const portero = await bed.start({ portero: bed.portero() });

  /** @returns the time until the answer, in milliseconds */
  async function logIn(service: Service, latencyMs: number): Promise<number> {
    services.setLatencies({ [service]: latencyMs });
    const { ms } = await sendLogin(portero.port, nextUser(), 200);
    await services.takeCalls('sql', SQL_CALLS);
    return ms;
  }

  /** The slope through the fastest login at each latency, because other processes can only make one slower. */
  async function slopeOf(service: Service): Promise<number> {
    const latencies = isQuick ? LATENCIES_MS.quick : LATENCIES_MS.full;
    const times = await inRounds(
      { rounds: isQuick ? ROUNDS.quick : ROUNDS.full, warmUp: 1 },
      Object.fromEntries(latencies.map((ms) => [ms, () => logIn(service, ms)])),
    );
    return slope(latencies.map((ms) => ({ x: ms, y: Math.min(...(times[ms] ?? [])) })));
  }

  const siteverify = await slopeOf('siteverify');
  const sql = await slopeOf('sql');
  services.setLatencies({});
  await portero.stop();
  return {
    rows: [
      alone('login: ms for each ms that siteverify is slower', '', [siteverify], ONE_CALL),
      alone('login: ms for each ms that SQL is slower', '', [sql], ONE_CALL),
    ],
  };
}
