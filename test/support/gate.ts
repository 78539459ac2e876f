/** A way to a local database that a test can close, so that something happens just while a command is at work. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { whenOver } from './lifetime.ts';

/**
 * Leads to a database, until a statement comes for the second time, or for the first one where that is asked for. That
 * request and all later ones wait at the gate.
 *
 * @param statement a part of it
 */
export async function startGate(databaseUrl: string, statement: string, { passes = 1 } = {}) {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  let left = passes;
  const server = createServer(async (request, response) => {
    const body = await text(request);
    if (statementsOf(body).some((one) => one.includes(statement)) && left-- <= 0) reached.resolve();
    if (left < 0) await opened.promise;
    const answer = await fetch(new URL(request.url ?? '', endpoint), {
      method: 'POST',
      headers: neonHeaders(request.headers),
      body,
    });
    response.writeHead(answer.status, { 'Content-Type': 'application/json' });
    response.end(await answer.text());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  whenOver(() => {
    server.closeAllConnections();
    server.close();
  });
  const { host } = new URL(databaseUrl);
  const endpoint = `http://${host}`;
  const { port } = server.address() as AddressInfo;
  return {
    databaseUrl: databaseUrl.replace(host, `127.0.0.1:${port}`),
    /** Resolves when a request waits. */
    reached: reached.promise,
    open: () => opened.resolve(),
  };
}

function statementsOf(body: string): string[] {
  const { query, queries = [{ query }] } = JSON.parse(body);
  return queries.map((one: { query: string }) => one.query);
}

function neonHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const entries = Object.entries(headers).filter(([name]) => name.startsWith('neon-'));
  return Object.fromEntries(entries) as Record<string, string>;
}
