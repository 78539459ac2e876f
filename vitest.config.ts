import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';
import './test/support/drizzle-modules.ts';
import { TIMEOUTS } from './test/support/long-wait.ts';
import { leadTo } from './test/support/outbound.ts';
import { TEST_ENV, TEST_RATE_LIMITS } from './test/support/test-env.ts';
import { WEAK_COST, weakBuilds } from './test/support/weak-hashes.ts';

// Wrangler looks for the required secrets here, and warns of missing ones for every file otherwise.
Object.assign(process.env, TEST_ENV, weakBuilds());

/** Vitest looks for the module in the runtime. */
const RUNNER_FLAGS = ['enable_nodejs_inspector_module'];

/** A project of the folder of its name, under Node. */
const underNode = (name: string, groupOrder: number) => ({
  resolve: { alias: WEAK_COST },
  test: {
    ...TIMEOUTS,
    name,
    pool: 'threads' as const, // which start sooner than processes
    isolate: false, // most of a file's time was to load the same modules again
    maxWorkers: 2,
    sequence: { groupOrder },
    include: [`test/${name}/**/*.test.ts`],
    globalSetup: './test/support/prepare-database.ts',
  },
});

export default defineConfig({
  test: {
    silent: 'passed-only',
    reporters: ['default', './test/support/totals-reporter.ts'],
    projects: [
      {
        // Everything of the Worker, inside the Workers runtime.
        resolve: { alias: WEAK_COST },
        plugins: [
          cloudflareTest(({ inject }) => ({
            wrangler: { configPath: './wrangler.toml' },
            verbose: false, // the runtime's own stack for every connection that a test drops
            miniflare: {
              compatibilityFlags: RUNNER_FLAGS,
              bindings: TEST_ENV,
              ratelimits: TEST_RATE_LIMITS,
              outboundService: { node: leadTo(inject('internetAddress')) },
            },
          })),
        ],
        test: {
          ...TIMEOUTS,
          name: 'worker',
          isolate: false,
          include: ['test/worker/**/*.test.ts'],
          setupFiles: './test/support/set-up-worker.ts',
          globalSetup: './test/support/global-setup.ts',
          fileParallelism: false, // the files share one database
          sequence: { groupOrder: 1 }, // where one command runs both: they differ in their workers
        },
      },
      {
        // The password hash, in the Workers runtime and at the full cost.
        plugins: [
          cloudflareTest({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: { compatibilityFlags: RUNNER_FLAGS },
          }),
        ],
        test: {
          ...TIMEOUTS,
          name: 'full-cost',
          include: ['test/full-cost/**/*.test.ts'],
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // What runs under Node: the stand-ins, the command line, `npm run dev` itself.
        ...underNode('node', 0),
      },
      {
        // The login page in a real browser, against `wrangler dev`.
        resolve: { alias: WEAK_COST },
        test: {
          ...TIMEOUTS,
          name: 'browser',
          pool: 'threads',
          maxWorkers: 5, // they wait, mostly
          sequence: { groupOrder: 2 },
          include: ['test/browser/**/*.test.ts'],
          globalSetup: './test/support/start-page.ts',
        },
      },
      {
        // What needs a real PostgreSQL or MariaDB. `npm run test:servers` runs it, and `npm test` does not.
        ...underNode('servers', 3),
      },
    ],
  },
});
