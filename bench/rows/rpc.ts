/**
 * `requireToken` in another Worker, which asks Portero over RPC. Beside an RPC call that returns a constant.
 *
 * @module
 */
import type { Bed } from '../bed/bed.ts';
import { issueTokens } from '../bed/tokens.ts';
import { PERMISSIONS } from '../bed/users.ts';
import { inRounds } from '../load/rounds.ts';
import { measureThroughput } from '../load/throughput.ts';
import type { Measurement } from '../report/row.ts';
import { AS_FAST, compare } from './protected-route.ts';

const ROUNDS = { quick: 4, full: 15 };
const SLICE_MS = { quick: 250, full: 800 };

export async function measureRpc(bed: Bed): Promise<Measurement> {
  const { bundles } = bed;
  const sliceMs = bed.isQuick ? SLICE_MS.quick : SLICE_MS.full;
  const services = { PORTERO: { worker: 'portero', entrypoint: 'TokenVerifier' } };
  const [guarded, floor] = await Promise.all([
    bed.start({ caller: { bundle: bundles.protected, services }, portero: bed.portero() }),
    bed.start({
      caller: { bundle: bundles.rpcCaller, services },
      portero: { bundle: bundles.rpcConstant },
    }),
  ]);
  const tokens = await issueTokens(bed.jwtSecret, PERMISSIONS, 1);
  const route = { path: '/api/greeting', tokens };
  const samples = await inRounds(
    { rounds: bed.isQuick ? ROUNDS.quick : ROUNDS.full, warmUp: 2 },
    {
      guarded: () => measureThroughput(guarded, route, sliceMs),
      floor: () => measureThroughput(floor, route, sliceMs),
    },
  );
  await Promise.all([guarded.stop(), floor.stop()]);
  return {
    rows: compare(
      'requireToken over RPC',
      samples.guarded,
      { name: 'RPC of a constant', samples: samples.floor },
      AS_FAST,
    ),
  };
}
