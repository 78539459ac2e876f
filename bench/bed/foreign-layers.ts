/**
 * Three foreign layers that every login derives, as an import of old hashes leaves them.
 *
 * @module
 */
import { sql } from 'drizzle-orm';
import { connect } from '../../src/db/connection.ts';
import { listForeignLayers } from '../../src/db/foreign-layers.ts';
import type { LayerShape } from '../../src/password/foreign-layer.ts';
import { send } from '../load/request.ts';
import { inRounds } from '../load/rounds.ts';
import { median } from '../report/statistics.ts';
import type { Services } from './services.ts';
import type { Workerd } from './workerd.ts';

/** Each is one call that nobody interrupts. The three take about the same time. */
const SHAPES: LayerShape[] = [
  { hash: 'SHA-1', iterations: 100_000, saltLength: 16, keyLength: 20 },
  { hash: 'SHA-256', iterations: 100_000, saltLength: 16, keyLength: 32 },
  { hash: 'SHA-512', iterations: 100_000, saltLength: 16, keyLength: 32 },
];

/** How often each layer is timed. */
const SAMPLES = 3;

/** Does something while the layers are listed. */
export async function withForeignLayers<T>(
  { databaseUrl, takeCalls }: Services,
  act: () => Promise<T>,
): Promise<T> {
  for (const statement of listForeignLayers(connect(databaseUrl), SHAPES)) await statement;
  await takeCalls('sql', SHAPES.length);
  const result = await act();
  await connect(databaseUrl).execute(sql`delete from foreign_layers`);
  await takeCalls('sql', 1);
  return result;
}

/** @param floor of `floors/hash.ts`. @returns the time of the slowest of the layers, in milliseconds */
export async function timeSlowestLayer({ port }: Workerd): Promise<number> {
  const subjects = SHAPES.map(({ hash }) => {
    const timeLayer = async () => (await send(port, { path: `/layer/${hash}` })).ms;
    return [hash, timeLayer] as const;
  });
  const times = await inRounds({ rounds: SAMPLES, warmUp: 0 }, Object.fromEntries(subjects));
  return Math.max(...Object.values(times).map(median));
}
