/** What happens after the answer. */
import { eq } from 'drizzle-orm';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { users } from '../../src/db/schema.ts';
import { breakNext, releaseHeldUp } from '../support/control.ts';
import { addUser, database, resetDatabase } from '../support/fixtures.ts';
import { recordLog } from '../support/log.ts';
import { login, loginBody, loginRequest, sendAndLeave } from '../support/requests.ts';

beforeAll(resetDatabase);
afterEach(() => vi.restoreAllMocks());

async function lastLoginOf(userName: string): Promise<Date | null | undefined> {
  const [user] = await database().select().from(users).where(eq(users.userName, userName));
  return user?.lastLoginAt;
}

test('a right login is recorded', async () => {
  await addUser('jdoe');
  await addUser('neighbour');
  expect(await lastLoginOf('jdoe')).toBeNull();
  await login('jdoe');
  expect(await lastLoginOf('jdoe')).toBeInstanceOf(Date);
  expect(await lastLoginOf('neighbour')).toBeNull();
});

test('a wrong one is not', async () => {
  await addUser('mistyped');
  await login('mistyped', { Password: 'wrong-password' });
  expect(await lastLoginOf('mistyped')).toBeNull();
});

test('nobody waits for the record', async () => {
  await addUser('impatient');
  const log = recordLog();
  await breakNext('database', 'passes', 'is held up');
  const { response, rest } = await sendAndLeave(loginRequest(await loginBody('impatient')));
  expect(response.status).toBe(200);
  expect(log.events('success_not_recorded')).toEqual([]); // what a deadline would have led to
  expect(await lastLoginOf('impatient')).toBeNull();
  await releaseHeldUp();
  await rest();
  expect(await lastLoginOf('impatient')).toBeInstanceOf(Date);
});

test('a record that fails undoes no login and is logged without the statement', async () => {
  await addUser('unlucky');
  const log = recordLog();
  await breakNext('database', 'passes', 'unreachable');
  const response = await login('unlucky');
  expect(response.status).toBe(200);
  expect(log.events('success_not_recorded')).toEqual([
    { event: 'success_not_recorded', userId: expect.any(String), fault: 'database_unreachable' },
  ]);
});
