/** What `wrangler.toml` sets. That it holds against floods is a matter of `dev.test.ts`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  ADDRESS_LIMIT_PERIOD_SECONDS,
  NAME_LIMIT_PERIOD_SECONDS,
} from '../../src/http/flood-limits.ts';
import { ROOT } from '../support/process.ts';

const WRANGLER_TOML = readFileSync(join(ROOT, 'wrangler.toml'), 'utf8');

test('a deploy sets the cron trigger', () => {
  expect(WRANGLER_TOML).toMatch(/^\[triggers\]\ncrons = \["23 \*\/6 \* \* \*"\]/m);
});

test('Retry-After is the period of the limit that was exceeded', () => {
  const periodOf = (name: string) =>
    Number(new RegExp(`name = "${name}"[^\\[]*period = (\\d+)`).exec(WRANGLER_TOML)?.[1]);
  expect(periodOf('LOGINS_PER_ADDRESS')).toBe(ADDRESS_LIMIT_PERIOD_SECONDS);
  expect(periodOf('LOGINS_PER_NAME')).toBe(NAME_LIMIT_PERIOD_SECONDS);
});
