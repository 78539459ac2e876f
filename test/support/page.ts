/** The login page in a real browser. */
import { sql } from 'drizzle-orm';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { expect, inject, onTestFinished } from 'vitest';
import { connect } from '../../src/db/connection.ts';
import { openProfile } from './browser.ts';
import { forge } from './tokens.ts';

export const PAGE_URL = inject('pageUrl');
export const PASSWORD = 's3cr3t';
export const REFUSED =
  'The login was refused. Check the user name and the password. After several failures, a name is locked for a few minutes.';

/** What has not come by then never comes. */
const TIMEOUT_MS = 60_000;

/** A browser writes these by itself when a request is refused, and no page can keep it from that. */
const REFUSED_REQUEST = /^Failed to load resource: the server responded with a status of 4\d\d/;

/**
 * Matches nothing. While there is a route, the browser's network is intercepted; a request that is sent just when
 * the last route goes can hang for ever (https://github.com/microsoft/playwright/issues/41802).
 */
const NOWHERE = 'https://nowhere.invalid/';

export interface PageOptions extends BrowserContextOptions {
  /** Changes the page's network before anything is loaded. */
  prepare?: (page: Page) => Promise<unknown>;
  /** What the console may say, besides refused requests, and which errors the page may throw. */
  expectedErrors?: RegExp;
  /** When the page counts as open. A page of which a part never comes is open when its first bytes are there. */
  waitUntil?: 'load' | 'commit';
  /** What is opened. It is the login unless told otherwise. */
  path?: string;
}

/** Files that run one after the other have the same pool. So each begins elsewhere, and no flood of one meets another. */
let contexts = crypto.getRandomValues(new Uint16Array(1))[0] ?? 0;

/**
 * Opens the page in a browser of its own, which logs in from an address of its own. When the test has finished,
 * the console must hold no error, of which a violation of the Content-Security-Policy is one.
 */
export async function openPage({
  prepare,
  expectedErrors,
  waitUntil,
  path = '/',
  ...options
}: PageOptions = {}) {
  contexts = (contexts + 1) & 0xffff;
  const address = `10.${process.env.VITEST_POOL_ID}.${contexts >> 8}.${contexts & 255}`;
  const context = await openProfile({
    locale: 'en-GB',
    baseURL: PAGE_URL,
    extraHTTPHeaders: { 'CF-Connecting-IP': address },
    ...options,
  });
  context.setDefaultTimeout(TIMEOUT_MS);
  await context.route(NOWHERE, () => {});
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('console', (message) => {
    const text = message.text();
    const isExpected = REFUSED_REQUEST.test(text) || expectedErrors?.test(text);
    if (['error', 'warning'].includes(message.type()) && !isExpected) errors.push(text);
  });
  page.on('pageerror', (error) => {
    const text = error.stack || String(error);
    if (!expectedErrors?.test(text)) errors.push(text);
  });
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') console.error(await describeState(page));
    await context.close();
    expect(errors).toEqual([]);
  });
  await prepare?.(page);
  await page.goto(path, { waitUntil });
  return Object.assign(page, { address });
}

/** What a failed test was looking at, and what it may still have been waiting for. */
async function describeState(page: Page): Promise<string> {
  const text = await page.locator('body').innerText().catch(String);
  const unanswered = (await page.requests()).filter((request) => !request.existingResponse());
  const urls = unanswered.map((request) => request.url());
  return `The page says:\n${text}\n\nUnanswered: ${urls.join(', ') || 'nothing'}`;
}

interface NewUser {
  /** Whose password the user gets a copy of. `null` leaves the user without a password, as an invitation does. */
  like?: string | null;
  role?: string;
  /** A confirmed address. */
  email?: string | null;
}

/** Adds a user. @returns the name */
export async function addUser({
  like = 'jdoe',
  role = 'Sales',
  email = null,
}: NewUser = {}): Promise<string> {
  const name = `user-${crypto.randomUUID().slice(0, 13)}`;
  await connect(inject('pageDatabaseUrl')).execute(sql`
    with role as (
      insert into roles (name) values (${role}) on conflict (name) do update set name = ${role} returning id
    ),
    model as (
      select password_hash, active from users where user_name = ${like}::text
      union all select null, true where ${like}::text is null
    )
    insert into users (id, user_name, normalized_user_name, email, email_confirmed, password_hash, active, role_id)
    select ${`id-of-${name}`}, ${name}, ${name.toUpperCase()}, ${email}::text, ${email !== null}::boolean,
      password_hash, active, role.id
    from model, role`);
  return name;
}

/** Makes every attempt six seconds older: a name that has been locked just now is answered otherwise. */
export async function letAttemptsAge(): Promise<void> {
  await connect(inject('pageDatabaseUrl')).execute(
    sql`update login_attempts set last_counted_at = last_counted_at - interval '6 seconds'`,
  );
}

/** Fills in the form, wherever it is, and sends it with the Enter key. */
export async function logIn(page: Page, userName: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('User name').fill(userName);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
}

/** The next login yields a token that the service has issued two hours ago. */
export async function issueExpired(
  page: Page,
  userName: string,
  claims: object = {},
): Promise<void> {
  const iat = Math.floor(Date.now() / 1000) - 7200;
  const times = { iat, nbf: iat, exp: iat + 1800 };
  const token = await forge({ sub: `id-of-${userName}`, name: userName, ...times, ...claims });
  await page.route('**/api/Auth', (route) => route.fulfill({ json: { token } }), { times: 1 });
}

/** The login over what the page shows, when a token is not accepted any more. */
export const dialogOf = (page: Page) => page.getByRole('dialog', { name: 'Log in again' });

/** The users have come, or do not come. */
const SETTLED = '.users li, [data-part=users][hidden], [data-part=usersMessage]:not(:empty)';

/** Opens the page and logs in. */
export async function openAccount(options: PageOptions & { userName?: string } = {}) {
  const { userName = await addUser(), ...rest } = options;
  const page = await openPage(rest);
  await logIn(page, userName);
  await page.getByRole('heading', { name: userName }).waitFor();
  await page.locator(SETTLED).first().waitFor({ state: 'attached' });
  return Object.assign(page, { userName });
}

/** Waits for a message that is read out at once. */
export async function alerted(page: Page, text: string): Promise<void> {
  const alerts = () => page.getByRole('alert').allTextContents();
  await expect.poll(alerts).toContainEqual(expect.stringContaining(text));
}

/** Keeps an account of what the page asks of the service, but for its configuration. */
export function watchRequests(page: Page) {
  const requests: string[] = [];
  page.on('response', (response) => {
    const { pathname } = new URL(response.url());
    if (!pathname.startsWith('/api/') || pathname === '/api/Config') return;
    requests.push(`${response.request().method()} ${pathname} ${response.status()}`);
  });
  return {
    all: () => [...requests],
    matching: (pattern: RegExp) => requests.filter((request) => pattern.test(request)),
  };
}
