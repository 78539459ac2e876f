/**
 * The process of `services.ts`: Neon's endpoint and siteverify, each as slow as it is told to be. It reports every call.
 *
 * @module
 */
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import type { PoolConfig } from 'pg';
import { startEngine } from '../../dev/engine.ts';
import { KEEP_IDLE } from '../../dev/local-server.ts';
import { createNeonEndpoint } from '../../dev/neon-endpoint.ts';
import { createExecutor } from '../../dev/neon-queries.ts';
import { createTurnstileEndpoint, Siteverify } from '../../dev/siteverify.ts';
import type { Latencies, Service, ServiceReport } from './services.ts';

const [serverConfig] = process.argv.slice(2);
const execute =
  serverConfig === undefined
    ? (await startEngine()).execute
    : createExecutor(JSON.parse(serverConfig) as PoolConfig);

let latencies: Latencies = {};
process.on('message', (message: Latencies) => {
  latencies = message;
});
process.on('disconnect', () => process.exit());

const app = new Hono()
  .use(async ({ req: { path } }, next) => {
    const service = serviceOf(path);
    const latencyMs = latencies[service];
    if (latencyMs !== undefined) await wait(latencyMs);
    const start = performance.now();
    await next();
    report({ service, ms: performance.now() - start });
  })
  .route('/', createNeonEndpoint(execute))
  .route('/', createTurnstileEndpoint(new Siteverify()));

const listen = { hostname: '127.0.0.1', port: 0, serverOptions: KEEP_IDLE };
const server = serve({ fetch: app.fetch, ...listen });
server.once('listening', () => report((server.address() as AddressInfo).port));

function serviceOf(path: string): Service {
  if (path === '/sql') return 'sql';
  return path === '/turnstile/v0/siteverify' ? 'siteverify' : 'other';
}

function report(message: ServiceReport): void {
  process.send?.(message);
}
