/** The search of `GET /api/Users`. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { users } from '../../src/db/schema.ts';
import { normalizeUserName } from '../../src/user-name.ts';
import { callsTo, forgetCalls } from '../support/control.ts';
import { database, resetDatabase } from '../support/fixtures.ts';
import { send } from '../support/requests.ts';
import { forge } from '../support/tokens.ts';

/** So many users stand before most others that a small page leaves those to the indexes, and a large page does not. */
const CROWD = Array.from({ length: 250 }, (_, index) => `aa${String(index).padStart(3, '0')}`);

const ADDRESSES: Record<string, string | null> = {
  0: '0Mirta@other.example',
  '0maria': null,
  '0mirta': null,
  '0zz': 'my@example.com',
  anamaria: null,
  aura: 'mx@example.com',
  az: 'Azo@example.com',
  b: 'Bo@example.com',
  'c50%off': null,
  c50_off: null,
  'c\\d': null,
  chévere: null,
  'dash-_-dash': null,
  Éva: 'eva@example.com',
  ismet: 'ismet@example.com',
  Maria: 'maria@example.com',
  maritza: 'maritza@other.example',
  mgarcia: 'Maria.Garcia@example.com',
  "o'hara": null,
  straße: null,
  'u-007': 'maria7@example.com',
  wim: 'wim@exámple.org',
  'zoe.maria': null,
  İsmail: 'ismail@example.com',
  Σοφία: null,
};
const INACTIVE = ['anamaria', 'aura', 'az', 'Maria', 'zoe.maria'];
const ADMINISTRATORS = ['anamaria', 'aura', 'u-007', 'zoe.maria'];

beforeAll(async () => {
  await resetDatabase();
  const names = [...CROWD, ...Object.keys(ADDRESSES)];
  const rows = names.map((userName) => ({
    id: userName,
    userName,
    normalizedUserName: normalizeUserName(userName),
    email: ADDRESSES[userName] ?? null,
    active: !INACTIVE.includes(userName),
    roleId: ADMINISTRATORS.includes(userName) ? 2 : 1,
  }));
  await database().insert(users).values(rows);
});
beforeEach(forgetCalls);

interface Answer {
  users: { userName: string }[];
  nextCursor?: string;
}

/** The names of all pages. */
async function namesOf(parameters: Record<string, string>): Promise<string[]> {
  const token = await forge({ permissions: ['users.list'] });
  const names: string[] = [];
  let cursor: string | undefined;
  do {
    const query = new URLSearchParams({ ...parameters, ...(cursor && { cursor }) });
    const response = await send(`/api/Users?${query}`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    expect(response.status).toBe(200);
    const answer = await response.json<Answer>();
    names.push(...answer.users.map(({ userName }) => userName));
    cursor = answer.nextCursor;
  } while (cursor !== undefined && names.length < 100);
  return names;
}

/** In pages of one user and in one page. */
async function expectNames(parameters: Record<string, string>, expected: string[]) {
  expect(await namesOf({ ...parameters, limit: '1' })).toEqual(expected);
  expect(await namesOf({ ...parameters, limit: '100' })).toEqual(expected);
}

describe('one or two characters find those whose name or address begins with them', () => {
  test.each([
    ['m', ['0zz', 'aura', 'Maria', 'maritza', 'mgarcia', 'u-007']],
    ['MA', ['Maria', 'maritza', 'mgarcia', 'u-007']],
    ['mg', ['mgarcia']],
    ['bo', ['b']],
    ['e', ['Éva']],
    ['é', ['Éva']],
    ['e\u0301', ['Éva']],
    ['e\u0301v', ['Éva']],
    ['i', ['ismet', 'İsmail']],
    ['İ', ['ismet', 'İsmail']],
    ['σο', ['Σοφία']],
    ["o'", ["o'hara"]],
    ['c\\', ['c\\d']],
    ['.m', []],
    ['%', []],
    ['_', []],
    ['c_', []],
  ])('%s', async (search, expected) => {
    await expectNames({ search }, expected);
  });
});

describe('three characters or more find those whose name or address has them anywhere', () => {
  test.each([
    ['mar', ['0maria', 'anamaria', 'Maria', 'maritza', 'mgarcia', 'u-007', 'zoe.maria']],
    ['ARIA', ['0maria', 'anamaria', 'Maria', 'mgarcia', 'u-007', 'zoe.maria']],
    ['maria', ['0maria', 'anamaria', 'Maria', 'mgarcia', 'u-007', 'zoe.maria']],
    ['e.m', ['zoe.maria']],
    ['a.g', ['mgarcia']],
    ['-00', ['u-007']],
    ['bo@', ['b']],
    ['Maria@EX', ['Maria']],
    ['maria.garcia@example.com', ['mgarcia']],
    ['y@e', ['0zz']],
    ['a@example.com', ['Maria', 'mgarcia', 'Éva']],
    ['0mirta', ['0', '0mirta']],
    ['EXÁMP', ['wim']],
    ['exa\u0301mp', ['wim']],
    ['nobody', []],
  ])('%s', async (search, expected) => {
    await expectNames({ search }, expected);
  });
});

describe('no character is a wildcard', () => {
  test.each([
    ['0%o', ['c50%off']],
    ['0_o', ['c50_off']],
    ['c\\d', ['c\\d']],
    ['c_d', []],
    ['c%d', []],
    ['%%%', []],
    ['___', []],
    ['\\\\\\', []],
    ['-_-', ['dash-_-dash']],
    ["o'h", ["o'hara"]],
    ['o"h', []],
    ["' or 1=1 --", []],
    ['c5.*f', []],
  ])('%s', async (search, expected) => {
    await expectNames({ search }, expected);
  });
});

describe('case does not count, for letters of any kind', () => {
  test.each([
    ['STRAß', ['straße']],
    ['strass', []],
    ['ΣΟΦΊΑ', ['Σοφία']],
    ['οφί', ['Σοφία']],
    ['e\u0301va', ['Éva']],
    ['ISMAIL', ['İsmail']],
    ['İSMAİL', ['İsmail']],
    ['İsmet', ['ismet']],
  ])('%s', async (search, expected) => {
    await expectNames({ search }, expected);
  });
});

test.each([
  [{ search: 'maria', active: 'false' }, ['anamaria', 'Maria', 'zoe.maria']],
  [{ search: 'm', active: 'true' }, ['0zz', 'maritza', 'mgarcia', 'u-007']],
  [{ search: 'maria', active: 'true' }, ['0maria', 'mgarcia', 'u-007']],
  [{ search: 'azo@', active: 'true' }, []],
  [{ search: 'maria', role: 'Sales' }, ['0maria', 'Maria', 'mgarcia']],
  [{ search: 'm', role: 'Sales' }, ['0zz', 'Maria', 'maritza', 'mgarcia']],
  [{ search: 'm', role: 'Administrator' }, ['aura', 'u-007']],
  [{ search: 'maria', role: 'Administrator', active: 'false' }, ['anamaria', 'zoe.maria']],
  [{ search: 'maria', role: 'nobody' }, []],
])('a search keeps to the other filters: %j', async (parameters, expected) => {
  await expectNames(parameters, expected);
});

test('a page of a search is one statement', async () => {
  await namesOf({ search: 'nobody', limit: '1' });
  await namesOf({ search: 'n', limit: '1' });
  expect(await callsTo('database')).toHaveLength(2);
});

test('a page of frequent matches ends where the next one begins', async () => {
  const names = await namesOf({ search: 'aa0', limit: '7' });
  expect(names).toEqual(CROWD.filter((name) => name.startsWith('aa0')));
});
