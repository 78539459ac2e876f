/**
 * One local server for the services that a Worker calls over the network: Neon's `/sql` and Turnstile's siteverify.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { Hono, type MiddlewareHandler } from 'hono';
import { isLoopback } from '../src/db/database-address.ts';
import { createNeonEndpoint } from './neon-endpoint.ts';
import type { Execute } from './neon-queries.ts';
import { createTurnstileEndpoint, Siteverify } from './siteverify.ts';

export interface LocalServer {
  /** A `DATABASE_URL` that leads here. */
  databaseUrl: string;
  close(): Promise<void>;
}

/**
 * Keeps web pages out. A page on the internet can give its own name the address of this machine, and so reach this server
 * from the developer's browser. A browser names the page's host then, and sends an `Origin` with every `POST`.
 */
const refuseBrowsers: MiddlewareHandler = async (context, next) => {
  if (context.req.header('Origin') !== undefined) {
    return context.json({ message: 'this server answers no web page' }, 403);
  }
  const hostname = URL.parse(`http://${context.req.header('Host')}`)?.hostname ?? '';
  if (!isLoopback(hostname)) {
    return context.json({ message: 'this server answers under a loopback name only' }, 421);
  }
  return next();
};

/**
 * An idle connection stays open until the client closes it. Node would close it after five seconds, and a Worker that sends its
 * next request at that moment sees the connection lost.
 */
export const KEEP_IDLE = { keepAliveTimeout: 0 };

export interface LocalServerOptions {
  /** Runs the statements. */
  execute: Execute;
  /** 0, the default, means any free port. */
  port?: number | undefined;
  /** The password of the database. A random one by default: other people on this machine can reach the port too. */
  password?: string | undefined;
}

/** Listens on loopback only. */
export async function startLocalServer({
  execute,
  port = 0,
  password = randomBytes(24).toString('base64url'),
}: LocalServerOptions): Promise<LocalServer> {
  const app = new Hono()
    .use(refuseBrowsers)
    .route('/', createNeonEndpoint(execute, password))
    .route('/', createTurnstileEndpoint(new Siteverify()));

  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port, serverOptions: KEEP_IDLE });
  await new Promise((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', reject);
  });
  const { port: actualPort } = server.address() as AddressInfo;
  return {
    databaseUrl: `postgresql://portero:${encodeURIComponent(password)}@127.0.0.1:${actualPort}/portero`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
