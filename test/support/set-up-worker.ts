/** Around every test in the Workers runtime. */
import { afterAll, beforeEach, expect } from 'vitest';
import { takeAttempts } from './attempts.ts';
import { postponeDeadlines } from './deadlines.ts';
import { forgetAttempts } from './fixtures.ts';
import { everythingLogged } from './log.ts';
import { everythingMailed, mailsWithStrayLinks } from './mailbox.ts';
import { linesWithSecrets } from './secrets.ts';

postponeDeadlines();

// Many tests use one name and a wrong password: none of them is to meet the lock of another.
beforeEach(async () => {
  if (takeAttempts()) await forgetAttempts();
});

afterAll(function nothingSecretIsLogged() {
  expect(linesWithSecrets(everythingLogged.splice(0))).toEqual([]);
});

afterAll(function noLinkIsMailedButInItsOwnMail() {
  expect(mailsWithStrayLinks(everythingMailed.splice(0))).toEqual([]);
});
