/** What happens after the answer. */
import { eq } from 'drizzle-orm';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { users } from '../../src/db/schema.ts';
import { breakNext } from '../support/control.ts';
import { addUser, database, resetDatabase } from '../support/fixtures.ts';
import { recordLog } from '../support/log.ts';
import { loginBody, loginRequest, sendWith } from '../support/requests.ts';

beforeAll(resetDatabase);
afterEach(() => vi.restoreAllMocks());

async function lastLoginOf(userName: string): Promise<Date | null | undefined> {
  const [user] = await database().select().from(users).where(eq(users.userName, userName));
  return user?.lastLoginAt;
}

test('a right login is recorded', async () => {
  await addUser('jdoe');
  expect(await lastLoginOf('jdoe')).toBeNull();
  await sendWith({}, loginRequest(await loginBody('jdoe')));
  expect(await lastLoginOf('jdoe')).toBeInstanceOf(Date);
});

test('a wrong one is not', async () => {
  await addUser('mistyped');
  await sendWith({}, loginRequest(await loginBody('mistyped', { Password: 'wrong' })));
  expect(await lastLoginOf('mistyped')).toBeNull();
});

test('a record that fails undoes no login and is logged without the statement', async () => {
  await addUser('unlucky');
  const log = recordLog();
  await breakNext('database', 'passes', 'unreachable');
  const response = await sendWith({}, loginRequest(await loginBody('unlucky')));
  expect(response.status).toBe(200);
  expect(log.events('last_login_not_recorded')).toEqual([
    { event: 'last_login_not_recorded', userId: expect.any(String), fault: 'database_unreachable' },
  ]);
});
