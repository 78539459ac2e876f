/**
 * `npm run bench:timing` measures whether a stranger can tell known names from unknown names by the time of an answer.
 *
 * The bench starts a local Worker with a database of mixed hashes and roles. It tries many known names and as many
 * unknown names with a wrong password. It tries each name once, in random order. It repeats this at several latencies
 * of the database. Then it tells the passwords of as many names as forgotten. Then it does the same with `naive-worker.ts`,
 * to compare the two.
 *
 * @module
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { drawDistributions } from './report/distributions-svg.ts';
import { auc, median } from './report/statistics.ts';
import { startBed } from './timing-bed.ts';

const { values: options } = parseArgs({
  options: {
    names: { type: 'string', default: '400' },
    latencies: { type: 'string', default: '0,10,30' },
    measure: { type: 'string', default: 'login,forgotten' },
    folder: { type: 'string', default: join(import.meta.dirname, '../docs') },
  },
});
const NAMES = Number(options.names);
const LATENCIES_MS = options.latencies.split(',').map(Number);

/** After this many attempts the runtime has compiled everything. */
const WARM_UP_ATTEMPTS = 20;

interface Sample {
  title: string;
  /** In milliseconds. */
  known: number[];
  unknown: number[];
}

const FILES = { login: 'timing.svg', forgotten: 'timing-forgotten.svg' };
type Route = keyof typeof FILES;
const ROUTES = (['login', 'forgotten'] as const).filter((route) =>
  options.measure.split(',').includes(route),
);

const samples: Record<Route, Sample[]> = { login: [], forgotten: [] };
await measureAll('Portero', 'src/index.ts');
await measureAll('a naive service', 'bench/naive-worker.ts');
for (const route of ROUTES) {
  const file = join(options.folder, FILES[route]);
  writeFileSync(file, drawDistributions(samples[route]));
  console.log(`Drawn to ${file}`);
}

async function measureAll(worker: string, entry: string): Promise<void> {
  const bed = await startBed(NAMES, entry);
  try {
    for (const latencyMs of LATENCIES_MS) {
      bed.setLatency(latencyMs);
      await bed.forgetAttempts();
      const ask = { login: bed.attempt, forgotten: bed.forget };
      for (const route of ROUTES) {
        const title = `${route}, ${worker}, database + ${latencyMs} ms`;
        samples[route].push(await measure(title, ask[route]));
      }
    }
  } finally {
    await bed.close();
  }
}

/** @param ask asks about a name, and returns the time until the answer */
async function measure(title: string, ask: (name: string) => Promise<number>): Promise<Sample> {
  for (let index = 0; index < WARM_UP_ATTEMPTS; index++) await ask(`warm-up-${index}`);
  const sample: Sample = { title, known: [], unknown: [] };
  const attempts = Array.from({ length: NAMES }, (_, index) => [
    { name: `known-${index}`, times: sample.known },
    { name: `stranger-${crypto.randomUUID()}`, times: sample.unknown },
  ]).flat();
  for (const { name, times } of shuffled(attempts)) times.push(await ask(name));
  const { area, low, high } = auc(sample.known, sample.unknown);
  console.log(
    `${title}: known ${median(sample.known).toFixed(1)} ms, unknown ${median(sample.unknown).toFixed(1)} ms ` +
      `(medians of ${NAMES}), AUC ${area.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`,
  );
  return sample;
}

function shuffled<T>(items: T[]): T[] {
  return items
    .map((item) => ({ item, key: Math.random() }))
    .sort((one, other) => one.key - other.key)
    .map(({ item }) => item);
}
