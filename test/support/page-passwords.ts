/** One-time links to the page, and the mails that bring them. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { inject, vi } from 'vitest';
import { makePasswordLink } from '../../src/account/password-link.ts';
import { connect } from '../../src/db/connection.ts';
import { insertLink } from '../../src/db/password-links.ts';
import { LONG_WAIT } from './long-wait.ts';
import { PAGE_URL } from './page.ts';

export const NEW_PASSWORD = 'four words in a row';
export const IS_SET = 'Your password is set';
export const LINK_SENT = 'Check your mailbox';
export const NOT_GOOD = 'This link does not work';

/** Makes a link. @returns its path and token */
export async function addLink(userName: string): Promise<string> {
  const { link, tokenDigest } = await makePasswordLink('');
  await insertLink(connect(inject('pageDatabaseUrl')), {
    userId: `id-of-${userName}`,
    kind: 'invitation',
    tokenDigest,
    hours: 1,
    isMailed: false,
  });
  return link;
}

/** The user's own address. No other user has it. */
export const newAddress = () => `${crypto.randomUUID()}@example.com`;

/** All mails to an address, as `npm run dev` shows them. */
export function mailsTo(address: string): string[] {
  const mails = readFileSync(inject('pageMails'), 'utf8').split('┌');
  return mails.filter((mail) => mail.includes(`To: ${address}\n`));
}

/** Waits for a mail with a link. */
export function mailedLink(address: string): Promise<string> {
  const link = new RegExp(`^│ (${PAGE_URL}/set-password#[\\w-]{43})$`, 'm');
  return vi.waitUntil(
    () => mailsTo(address).flatMap((mail) => link.exec(mail)?.[1] ?? [])[0],
    LONG_WAIT,
  );
}

export const shows = (page: Page, title: string) =>
  page.getByRole('heading', { name: title }).waitFor();

export const newPasswordOf = (page: Page) => page.getByLabel('New password');

/** Fills in the page behind a link, and sends it with the Enter key. */
export async function setPassword(page: Page, password = NEW_PASSWORD): Promise<void> {
  await newPasswordOf(page).fill(password);
  await page.keyboard.press('Enter');
}

/** Fills in the page for a forgotten password, and sends it with the Enter key. */
export async function askForLink(page: Page, name: string): Promise<void> {
  await page.getByLabel('User name or e-mail address').fill(name);
  await page.keyboard.press('Enter');
}

/** How good the new password is. */
export const qualityOf = (page: Page) => page.locator('#new-password-quality').textContent();

/** A service without mail. */
export const withoutMail = (page: Page) =>
  page.route('**/api/Config', (route) =>
    route.fulfill({ json: { turnstileSiteKey: '1x00000000000000000000AA' } }),
  );
