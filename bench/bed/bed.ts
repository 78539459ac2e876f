/**
 * What every row of the bench needs: the Worker and its floors, built as a deploy builds them, and the services that a login
 * calls.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { TEST_SECRETS } from '../../src/turnstile/test-keys.ts';
import { makeRunFolder } from './at-exit.ts';
import { type Bundle, bundle } from './bundle.ts';
import { leaveACoreToWorkerd } from './cores.ts';
import { type Services, startServices } from './services.ts';
import { addUsers } from './users.ts';
import { startWorkerd, type Workerd } from './workerd.ts';
import { VARIABLES, type WorkerdWorker } from './workerd-config.ts';

const ENTRIES = {
  portero: 'src/index.ts',
  protected: 'bench/protected-worker.ts',
  hash: 'bench/floors/hash.ts',
  hono: 'bench/floors/hono.ts',
  jose: 'bench/floors/jose.ts',
  rpcCaller: 'bench/floors/rpc-caller.ts',
  rpcConstant: 'bench/floors/rpc-constant.ts',
};

export interface Bed {
  /** Whether there is less than a minute for everything. */
  isQuick: boolean;
  bundles: Record<keyof typeof ENTRIES, Bundle>;
  services: Services;
  jwtSecret: string;
  /** Portero as a Worker. @param databaseUrl of other services than the bed's */
  portero(databaseUrl?: string): WorkerdWorker;
  /** @param workers by their names. The first one answers the requests */
  start(workers: Record<string, WorkerdWorker>): Promise<Workerd>;
}

export async function setUp(isQuick: boolean): Promise<Bed> {
  leaveACoreToWorkerd();
  const folder = makeRunFolder();
  const [services, bundles] = await Promise.all([startFilledServices(), bundleAll(folder)]);
  const jwtSecret = randomBytes(32).toString('base64');
  return {
    isQuick,
    bundles,
    services,
    jwtSecret,
    portero: (databaseUrl = services.databaseUrl) => ({
      bundle: bundles.portero,
      settings: {
        ...VARIABLES,
        DATABASE_URL: databaseUrl,
        TURNSTILE_SECRET_KEY: TEST_SECRETS.passes,
        JWT_SECRET: jwtSecret,
      },
      rateLimits: ['LOGINS_PER_ADDRESS', 'LOGINS_PER_NAME'],
    }),
    start: (workers) => startWorkerd(workers, folder),
  };
}

async function startFilledServices(): Promise<Services> {
  const services = await startServices();
  await addUsers(services.databaseUrl);
  return services;
}

async function bundleAll(folder: string): Promise<Bed['bundles']> {
  const built = Object.entries(ENTRIES).map(async ([name, entry]) => [
    name,
    await bundle(entry, folder),
  ]);
  return Object.fromEntries(await Promise.all(built));
}
