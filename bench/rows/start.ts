/**
 * The bundle that a deploy uploads, and what it costs to start it, beside a Worker of Hono alone.
 *
 * @module
 */
import type { Bed } from '../bed/bed.ts';
import { startMiniflare } from '../bed/miniflare.ts';
import type { Workerd } from '../bed/workerd.ts';
import { send } from '../load/request.ts';
import { inRounds } from '../load/rounds.ts';
import { alone, beside, type Measurement } from '../report/row.ts';

const ROUNDS = { quick: 3, full: 20 };

/** Its answer needs the checked settings and nothing else. */
const FIRST_REQUEST = { path: '/api/Config' };

export async function measureStart(bed: Bed): Promise<Measurement> {
  const { isQuick, bundles } = bed;
  const hono = { bundle: bundles.hono };
  const samples = await inRounds(
    { rounds: isQuick ? ROUNDS.quick : ROUNDS.full, warmUp: 1 },
    {
      portero: () => timeFirstAnswer(bed.start({ portero: bed.portero() })),
      hono: () => timeFirstAnswer(bed.start({ hono })),
      porteroInMiniflare: () => timeFirstAnswer(startMiniflare(bed.portero())),
      honoInMiniflare: () => timeFirstAnswer(startMiniflare(hono)),
    },
  );
  const inMiniflare = { name: 'bare Hono', values: samples.honoInMiniflare };
  const inWorkerd = { name: 'bare Hono', values: samples.hono };
  return {
    rows: [
      beside('start in Miniflare: CPU', 'ms', samples.porteroInMiniflare, inMiniflare, {
        of: 'ratio',
        atMost: 1.5,
      }),
      beside('start in workerd alone: CPU', 'ms', samples.portero, inWorkerd),
      alone('bundle, gzipped', 'KiB', [bundles.portero.gzipKiB], { of: 'measured', atMost: 125 }),
    ],
  };
}

/** @returns the CPU time of a new process until its first answer, in milliseconds */
async function timeFirstAnswer(starting: Promise<Workerd>): Promise<number> {
  const workerd = await starting;
  await send(workerd.port, FIRST_REQUEST);
  const cpuMs = workerd.cpuMs();
  await workerd.stop();
  return cpuMs;
}
