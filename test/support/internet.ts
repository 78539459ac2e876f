/**
 * The network as the Worker under test sees it: Neon and siteverify at their real addresses, each with
 * a queue of faults, and a host by which the tests steer them.
 */
import type { AddressInfo } from 'node:net';
import { type HttpBindings, serve } from '@hono/node-server';
import { Hono } from 'hono';
import { KEEP_IDLE } from '../../dev/local-server.ts';
import { createNeonEndpoint } from '../../dev/neon-endpoint.ts';
import { createExecutor } from '../../dev/neon-queries.ts';
import { createTurnstileEndpoint, Siteverify } from '../../dev/siteverify.ts';
import { migrate } from '../../src/db/migrate.ts';
import type { Call, Connection, Fault, Service } from './control.ts';
import { identityHash } from './identity-hash.ts';
import { startPostgres } from './postgres.ts';

const HOSTS: Record<string, Service> = {
  'api.eu-central-1.aws.neon.tech': 'database',
  'api.c-2.us-east-2.aws.neon.tech': 'database',
  'api.eastus2.azure.neon.tech': 'database',
  'api.us-east-1.postgres.vercel-storage.com': 'database',
  'neon-proxy.example.org:8443': 'database',
  'challenges.cloudflare.com': 'siteverify',
};

const NEVER = new Promise<Response>(() => {});

/** @param turnstileSecret the secret of the one real widget */
export async function startInternet(turnstileSecret: string) {
  let now: number | undefined;
  const siteverify = new Siteverify([turnstileSecret], () => now ?? Date.now());
  const postgres = await startPostgres();
  const neon = createNeonEndpoint(createExecutor(postgres.config));
  const services = { database: neon, siteverify: createTurnstileEndpoint(siteverify) };
  const faults: Record<Service, Fault[]> = { database: [], siteverify: [] };
  const calls: Call[] = [];
  const connections: Connection[] = [];
  const heldUp: (() => void)[] = [];

  const control = new Hono()
    .post('/tokens', async (context) => {
      return context.text(siteverify.issue(turnstileSecret, await context.req.json()));
    })
    .post('/identity-hashes', async (context) => {
      const { password, ...parameters } = await context.req.json();
      return context.text(identityHash(password, parameters));
    })
    .post('/clock', async (context) => {
      ({ now } = await context.req.json());
      return context.body(null);
    })
    .post('/faults/:service', async (context) => {
      faults[context.req.param('service') as Service] = await context.req.json();
      return context.body(null);
    })
    .post('/release', (context) => {
      for (const release of heldUp.splice(0)) release();
      return context.body(null);
    })
    .delete('/calls', (context) => {
      calls.length = 0;
      connections.length = 0;
      return context.body(null);
    })
    .get('/calls', (context) => context.json(calls))
    .get('/connections', (context) => context.json(connections));

  const app = new Hono<{ Bindings: HttpBindings }>().all('*', async (context) => {
    const host = context.req.header('Host') ?? '';
    if (host === 'control.test') return control.fetch(context.req.raw);
    // Past faults and call lists, for arranging and looking up rows.
    if (host === address) return neon.fetch(context.req.raw);
    const connectionString = context.req.header('Neon-Connection-String');
    connections.push({ host, path: context.req.path, connectionString });
    const service = HOSTS[host];
    if (service === undefined) return context.text(`no such host: ${host}`, 502);
    const request = context.req.raw;
    calls.push({ service, body: await request.clone().json() });
    const fault = faults[service].shift() ?? 'passes';
    if (typeof fault === 'object') return new Response(fault.body, fault);
    const answer = () => services[service].fetch(request);
    const dropConnection = () => context.env.incoming.socket.destroy();
    switch (fault) {
      case 'passes':
        return answer();
      case 'is held up':
        await new Promise<void>((release) => heldUp.push(release));
        return answer();
      case 'answers in vain':
        await answer();
        dropConnection();
        return NEVER;
      case 'unreachable':
        dropConnection();
        return NEVER;
      case 'hangs':
        return NEVER;
      case 'hangs halfway':
        return new Response(new ReadableStream({ pull: () => {} }));
    }
  });

  const listen = { hostname: '127.0.0.1', port: 0, serverOptions: KEEP_IDLE };
  const server = serve({ fetch: app.fetch, ...listen });
  await new Promise((resolve) => server.once('listening', resolve));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  await migrate(`postgresql://fixture:fixture@${address}/portero`);

  return {
    address,
    close: async () => {
      if ('closeAllConnections' in server) server.closeAllConnections();
      server.close();
      await postgres.stop();
    },
  };
}
