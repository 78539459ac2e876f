/**
 * A protected route, beside one that verifies with jose alone and one that verifies nothing. With a token that the isolate
 * has seen before, and with tokens that it has not seen.
 *
 * @module
 */
import type { Bed } from '../bed/bed.ts';
import { issueNewTokens, issueTokens } from '../bed/tokens.ts';
import { PERMISSIONS } from '../bed/users.ts';
import { inRounds } from '../load/rounds.ts';
import { measureThroughput, type Throughput } from '../load/throughput.ts';
import { beside, type Goal, type Measurement, type Row } from '../report/row.ts';

const ROUNDS = { quick: 4, full: 15 };
const SLICE_MS = { quick: 250, full: 800 };

const PATH = '/api/Users/me';

export async function measureProtectedRoute(bed: Bed): Promise<Measurement> {
  const sliceMs = bed.isQuick ? SLICE_MS.quick : SLICE_MS.full;
  const { settings = {} } = bed.portero();
  const [portero, jose, hono] = await Promise.all([
    bed.start({ portero: bed.portero() }),
    bed.start({ jose: { bundle: bed.bundles.jose, settings } }),
    bed.start({ hono: { bundle: bed.bundles.hono } }),
  ]);
  const known = { path: PATH, tokens: await issueTokens(bed.jwtSecret, PERMISSIONS, 1) };
  const unknown = async () => ({
    path: PATH,
    tokens: await issueNewTokens(bed.jwtSecret, PERMISSIONS, sliceMs),
  });
  const samples = await inRounds(
    { rounds: bed.isQuick ? ROUNDS.quick : ROUNDS.full, warmUp: 2 },
    {
      known: () => measureThroughput(portero, known, sliceMs),
      unknown: async () => measureThroughput(portero, await unknown(), sliceMs),
      jose: () => measureThroughput(jose, known, sliceMs),
      hono: () => measureThroughput(hono, known, sliceMs),
    },
  );
  await Promise.all([portero.stop(), jose.stop(), hono.stop()]);
  const bareJose = { name: 'bare jose', samples: samples.jose };
  const bareHono = { name: 'bare Hono', samples: samples.hono };
  return {
    rows: [
      ...compare(PATH, samples.known, bareJose, AS_FAST),
      ...compare(`${PATH}, each token once`, samples.unknown, bareJose, AS_FAST),
      ...compare(PATH, samples.known, bareHono),
    ],
  };
}

/** The goals of a route that is to be as fast as its floor. */
export const AS_FAST: Record<keyof Throughput, Goal> = {
  rate: { of: 'ratio', atLeast: 1 },
  cpu: { of: 'ratio', atMost: 1 },
};

export function compare(
  what: string,
  samples: Throughput[],
  floor: { name: string; samples: Throughput[] },
  goals?: typeof AS_FAST,
): Row[] {
  const figures = (key: keyof Throughput) => {
    const valuesOf = (some: Throughput[]) => some.map((one) => one[key]);
    const floorValues = { name: floor.name, values: valuesOf(floor.samples) };
    return [valuesOf(samples), floorValues, goals?.[key]] as const;
  };
  return [
    beside(`${what}: requests`, '/s', ...figures('rate')),
    beside(`${what}: CPU`, 'µs', ...figures('cpu')),
  ];
}
