/**
 * Tokens of many permissions: how long they are, and what it costs to verify them. Each token is sent once, because a
 * token that has been verified may cost less the next time.
 *
 * @module
 */
import type { Bed } from '../bed/bed.ts';
import { issueNewTokens } from '../bed/tokens.ts';
import type { Workerd } from '../bed/workerd.ts';
import { inRounds } from '../load/rounds.ts';
import { measureThroughput } from '../load/throughput.ts';
import { beside, type Measurement, type Row } from '../report/row.ts';

const PERMISSION_COUNTS = [1, 10, 50, 100, 200];

const ROUNDS = { quick: 2, full: 10 };
const SLICE_MS = { quick: 100, full: 400 };

const PATH = '/api/Users/me';

export async function measureTokenSizes(bed: Bed): Promise<Measurement> {
  const { settings = {} } = bed.portero();
  const portero = await bed.start({ portero: bed.portero() });
  const jose = await bed.start({ jose: { bundle: bed.bundles.jose, settings } });
  const rows: Row[] = [];
  for (const count of PERMISSION_COUNTS) rows.push(await measureSize(bed, count, portero, jose));
  await Promise.all([portero.stop(), jose.stop()]);
  return { rows };
}

async function measureSize(
  { isQuick, jwtSecret }: Bed,
  count: number,
  portero: Workerd,
  jose: Workerd,
): Promise<Row> {
  const sliceMs = isQuick ? SLICE_MS.quick : SLICE_MS.full;
  let bytes = 0;

  /** @returns the CPU time of a request, in microseconds */
  async function verify(workerd: Workerd): Promise<number> {
    const tokens = await issueNewTokens(jwtSecret, permissionsOf(count), sliceMs);
    bytes = tokens[0]?.length ?? 0;
    return (await measureThroughput(workerd, { path: PATH, tokens }, sliceMs)).cpu;
  }

  const { ours, floor } = await inRounds(
    { rounds: isQuick ? ROUNDS.quick : ROUNDS.full, warmUp: 3 },
    { ours: () => verify(portero), floor: () => verify(jose) },
  );
  const what = `token of ${count} ${count === 1 ? 'permission' : 'permissions'}, ${bytes.toLocaleString('en')} bytes: CPU`;
  return beside(what, 'µs', ours, { name: 'bare jose', values: floor });
}

/** Permissions of modules with five actions each, as a role of that size has them. */
function permissionsOf(count: number): string[] {
  const actions = ['create', 'delete', 'list', 'read', 'update'];
  return Array.from({ length: count }, (_, index) => {
    const number = String(Math.floor(index / actions.length)).padStart(2, '0');
    return `module-${number}.${actions[index % actions.length]}`;
  });
}
