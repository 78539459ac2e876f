/** A service that wants tokens, beside a login that issues them: what `portero/client` talks to. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type HttpBindings, serve } from '@hono/node-server';
import { Hono } from 'hono';
import { expect, vi } from 'vitest';
import { type Client, type ClientOptions, createClient } from '#portero/client.ts';
import { whenOver } from './lifetime.ts';
import { LONG_WAIT } from './long-wait.ts';
import { ROOT } from './process.ts';
import { forge } from './tokens.ts';

export interface Received {
  method: string;
  path: string;
  token: string | undefined;
  contentType: string | undefined;
  body: string;
}

/** @returns the service, which ends with the test */
export async function startTokenService() {
  const accepted = new Set<string>();
  const received: Received[] = [];
  const held: (() => void)[] = [];
  let loginAnswer: (() => Response | Promise<Response>) | undefined;
  let claims: object = {};
  let date: string | undefined;

  const app = new Hono<{ Bindings: HttpBindings }>()
    .get('/page', (context) => context.html('<!doctype html><title>A web app</title>'))
    .get('/client.js', (context) => {
      const code = readFileSync(join(ROOT, 'public/client.js'), 'utf8');
      return context.body(code, 200, { 'Content-Type': 'text/javascript' });
    })
    .use(async (context, next) => {
      const { method, path } = context.req;
      const token = context.req.header('Authorization')?.replace('Bearer ', '');
      const contentType = context.req.header('Content-Type');
      const body = await context.req.raw.clone().text();
      received.push({ method, path, token, contentType, body });
      context.env.outgoing.sendDate = false;
      await next();
      if (date !== undefined) context.res.headers.set('Date', date);
    })
    .post('/api/Auth', async (context) => {
      if (loginAnswer !== undefined) return loginAnswer();
      const { userName, password } = await context.req.json();
      if (password !== 'right password') return context.body(null, 401);
      const own = { sub: `id-of-${userName}`, name: userName, jti: crypto.randomUUID() };
      const token = await forge({ ...own, ...claims });
      accepted.add(token);
      return context.json({ token });
    })
    .all('/open', (context) => context.text('open'))
    .all('/status/:status', (context) =>
      context.body(null, Number(context.req.param('status')) as 403),
    )
    .all('/redirect', (context) => context.redirect(context.req.query('to') ?? ''))
    .all('/held', async (context) => {
      await new Promise<void>((resolve) => held.push(resolve));
      return context.body(null, 401);
    })
    .all('*', (context) => {
      const token = context.req.header('Authorization')?.replace('Bearer ', '');
      return accepted.has(token ?? '') ? context.text('done') : context.body(null, 401);
    });

  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  whenOver(() => {
    for (const release of held) release();
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    /** The requests so far, but for the logins. */
    received: () => received.filter(({ path }) => path !== '/api/Auth'),
    logins: () => received.filter(({ path }) => path === '/api/Auth'),
    /** Refuses every token that it has issued so far. */
    refuseTokens: () => accepted.clear(),
    /** Answers the logins from now on; `undefined` for as usual. */
    answerLogins: (answer: typeof loginAnswer) => {
      loginAnswer = answer;
    },
    /** What the next tokens say in place of the usual. */
    issueWith: (changed: object) => {
      claims = changed;
    },
    /** The `Date` of the next answers. A web app of another origin sees none, as at first. */
    showTime: (shown: typeof date) => {
      date = shown;
    },
    /** Answers the requests to `/held`, each with a 401. */
    release: () => {
      for (const release of held.splice(0)) release();
    },
    holds: () => held.length,
  };
}

export type TokenService = Awaited<ReturnType<typeof startTokenService>>;

/** Credentials that the service accepts. */
export const jdoe = { userName: 'jdoe', password: 'right password', captchaToken: 'solved' };

/** A client of a service of its own, for which `jdoe` logs in whenever that is asked for. */
export async function startClient(options: Partial<ClientOptions> = {}) {
  const service = await startTokenService();
  const onLoginRequired = vi.fn(async (): Promise<unknown> => client.login(jdoe));
  const client: Client = createClient({ baseUrl: service.url, onLoginRequired, ...options });
  return { service, client, onLoginRequired };
}

/** Waits for what comes of requests. */
export const until = (condition: () => boolean) =>
  vi.waitFor(() => expect(condition()).toBe(true), LONG_WAIT);
