/**
 * One local server for the services that a Worker calls over the network: Neon's `/sql` and Turnstile's siteverify.
 *
 * @module
 */
import type { AddressInfo } from 'node:net';
import type { PGlite } from '@electric-sql/pglite';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { createNeonEndpoint } from './neon-endpoint.ts';
import { createTurnstileEndpoint, Siteverify } from './siteverify.ts';

export interface LocalServer {
  /** A `DATABASE_URL` that leads here. */
  databaseUrl: string;
  close(): Promise<void>;
}

/** Listens on loopback only. @param port 0 means any free port */
export async function startLocalServer(pglite: PGlite, port: number): Promise<LocalServer> {
  const app = new Hono()
    .route('/', createNeonEndpoint(createPgConfig(pglite)))
    .route('/', createTurnstileEndpoint(new Siteverify()));

  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port });
  await new Promise((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', reject);
  });
  const { port: actualPort } = server.address() as AddressInfo;
  return {
    databaseUrl: `postgresql://portero:portero@127.0.0.1:${actualPort}/portero`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
