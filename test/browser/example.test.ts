/**
 * A web app of one origin, and `examples/invoices` of another, in a real browser.
 *
 * There is no route of the browser's network here: with one, Playwright itself would answer every preflight
 * (https://github.com/microsoft/playwright/issues/27339).
 */
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { describePage, openProfile } from '../support/browser.ts';
import { forAllTests } from '../support/lifetime.ts';
import { startPlainWrangler } from '../support/plain-wrangler.ts';
import { TEST_ENV } from '../support/test-env.ts';
import { jdoe, startTokenService, type TokenService } from '../support/token-service.ts';

const EXAMPLE = 'examples/invoices/wrangler.toml';
const HOUR_MS = 3_600_000;

/** The web app that the example allows. */
let app: TokenService;
let invoices: string;

/** @returns where the example has its invoices */
async function startExample(configs: string[]): Promise<string> {
  const origin = `WEB_APP_ORIGIN:${app.url}`;
  const args = [...configs.flatMap((config) => ['-c', config]), '--var', origin];
  return `${await startPlainWrangler(args, TEST_ENV)}/api/invoices`;
}

/**
 * Opens a web app.
 *
 * @param skewMs how far the clock of the device is ahead
 */
async function open({ url }: TokenService, skewMs = 0): Promise<Page> {
  const context = await openProfile();
  onTestFinished(() => context.close());
  const page = await context.newPage();
  if (skewMs !== 0) await page.clock.install({ time: Date.now() + skewMs });
  await page.goto(`${url}/page`);
  return page;
}

/** What one request of the client comes to: the answer, or the name of the error. */
interface Outcome {
  status?: number;
  body?: string;
  challenge?: string | null;
  retryAfter?: string | null;
  error?: string;
  asked: number;
  secondsLeft: number;
}

interface Options extends RequestInit {
  isLoggedIn?: boolean;
}

/** Sends one request with a client of the web app's own, which logs in where that is asked for, or before. */
function sendFrom(page: Page, url: string, { isLoggedIn = false, ...init }: Options = {}) {
  return page.evaluate<Outcome>(
    `(async () => {
      const { createClient } = await import('/client.js');
      let asked = 0;
      const client = createClient({
        baseUrl: '/',
        trustedOrigins: [${JSON.stringify(url)}],
        onLoginRequired: () => { asked++; return client.login(${JSON.stringify(jdoe)}); },
      });
      if (${isLoggedIn}) await client.login(${JSON.stringify(jdoe)});
      const outcome = await client.fetch(${JSON.stringify(url)}, ${JSON.stringify(init)}).then(
        async (response) => ({
          status: response.status,
          body: await response.text(),
          challenge: response.headers.get('WWW-Authenticate'),
          retryAfter: response.headers.get('Retry-After'),
        }),
        (error) => ({ error: error.name }),
      );
      return { ...outcome, asked, secondsLeft: client.session?.secondsLeft ?? 0 };
    })()`,
  );
}

describePage('a web app of another origin', () => {
  forAllTests(async () => {
    app = await startTokenService();
    invoices = await startExample([EXAMPLE, 'wrangler.toml']);
  });

  test('is asked for a login, and reads and writes with the token', async () => {
    app.issueWith({ permissions: ['invoices.create', 'invoices.list'] });
    const page = await open(app);
    const listed = await sendFrom(page, invoices);
    expect(listed).toMatchObject({ status: 200, asked: 1 });
    expect(JSON.parse(listed.body ?? '')).toMatchObject({ reader: 'jdoe', invoices: [{}, {}] });

    const headers = {
      ...{ 'Content-Type': 'application/json', 'X-Requested-With': 'XMLHttpRequest' },
      ...{ traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
      ...{ baggage: 'a=1', 'sentry-trace': '1', 'x-datadog-trace-id': '1' },
    };
    const init = { method: 'POST', headers, body: '{}', isLoggedIn: true };
    expect(await sendFrom(page, invoices, init)).toMatchObject({ status: 201, asked: 0 });
    expect(await sendFrom(page, `${invoices}/x`, init)).toMatchObject({ status: 404, asked: 0 });

    app.issueWith({ permissions: [] });
    expect(await sendFrom(page, invoices)).toMatchObject({
      status: 403,
      challenge: 'Bearer realm="portero", error="insufficient_scope"',
    });
  });

  test('is told that Portero is away, and when to try again', async () => {
    const outcome = await sendFrom(await open(app), await startExample([EXAMPLE]));
    expect(outcome).toMatchObject({ status: 503, retryAfter: '5', asked: 1 });
  });

  test('that is not listed can neither send a token nor read an answer', async () => {
    const other = await startTokenService();
    other.issueWith({ permissions: ['invoices.list'] });
    const page = await open(other);
    for (const isLoggedIn of [true, false]) {
      const outcome = await sendFrom(page, invoices, { isLoggedIn });
      expect(outcome).toMatchObject({ error: 'TypeError', asked: 0 });
    }
  });

  test('works on a device whose clock is an hour fast or an hour slow', async () => {
    app.issueWith({ permissions: ['invoices.list'] });
    for (const skewMs of [HOUR_MS, -HOUR_MS]) {
      const page = await open(app, skewMs);
      const deviceMs = await page.evaluate('Date.now()');
      expect(Math.round((Number(deviceMs) - Date.now()) / HOUR_MS)).toBe(skewMs / HOUR_MS);
      const outcome = await sendFrom(page, invoices);
      expect(outcome).toMatchObject({ status: 200, asked: 1 });
      expect(outcome.secondsLeft).toBeGreaterThan(1_700);
      expect(outcome.secondsLeft).toBeLessThanOrEqual(1_800);
    }
  });
});
