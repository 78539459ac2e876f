/** What has changed since the last import, and on which side. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Comparison,
  compareUser,
  FIELDS,
  type ImportRecord,
  isSamePerson,
  isSameRecord,
  type Knowledge,
  type PresentUser,
  recordAfter,
  type SourceUser,
} from '../../cli/import/users/compare-user.ts';
import { normalizeUserName } from '../../src/user-name.ts';

const SOURCE: SourceUser = {
  id: 'A1',
  userName: 'ana',
  normalizedUserName: 'ANA',
  email: 'ana@example.com',
  emailConfirmed: false,
  active: true,
  role: 'Sales',
  inactiveBy: null,
  stampDigest: 'stamp 1',
  hasPassword: true,
};
const RECORD = {
  userName: 'ana',
  email: 'ana@example.com',
  emailConfirmed: false,
  active: true,
  inactiveBy: null,
  role: 'Sales',
  stampDigest: 'stamp 1',
};
const PRESENT: PresentUser = {
  id: 'A1',
  userName: 'ana',
  normalizedUserName: 'ANA',
  email: 'ana@example.com',
  emailConfirmed: false,
  active: true,
  role: 'Sales',
  isAdmin: false,
  hasPassword: true,
  isPasswordOwn: false,
  record: RECORD,
  isOfOtherSource: false,
};

/** A source that has every column. */
const ALL: Knowledge = { hasEmails: true, hasRoles: true, hasColumn: () => true };

describe('a field', () => {
  test.each([
    ['email', 'new@example.com'],
    ['email', null],
    ['userName', 'anna'],
    ['active', false],
    ['role', 'Support'],
  ])('%s is brought where only the source has changed it', (field, value) => {
    expect(compareUser({ ...SOURCE, [field]: value }, PRESENT, ALL)).toEqual({
      ...NOTHING,
      changed: [field],
    });
  });

  test('stays where Portero has changed it, whether the source has changed it too or not', () => {
    const present = { ...PRESENT, email: 'own@example.com', active: false };
    expect(compareUser({ ...SOURCE, email: 'new@example.com' }, present, ALL)).toEqual({
      ...NOTHING,
      kept: ['email', 'active'],
    });
  });

  test('that both have changed to the same is no difference', () => {
    const email = 'new@example.com';
    expect(compareUser({ ...SOURCE, email }, { ...PRESENT, email }, ALL)).toEqual(NOTHING);
  });

  test('stays where nobody knows who has changed it', () => {
    expect(
      compareUser({ ...SOURCE, email: 'new@example.com' }, { ...PRESENT, record: null }, ALL),
    ).toEqual({ ...NOTHING, unknown: ['email'] });
  });
});

const pair = (email: string | null, emailConfirmed: boolean) => ({ email, emailConfirmed });
const from = (address: ReturnType<typeof pair>) => ({ ...SOURCE, ...address });

/** A user of Portero. @param recorded what the last import has read, with `null` for what is not known */
const withRecorded = (
  address: ReturnType<typeof pair>,
  recorded: Pick<ImportRecord, 'email' | 'emailConfirmed'> | null,
): PresentUser => ({
  ...PRESENT,
  ...address,
  record: recorded === null ? null : { ...RECORD, ...recorded },
});

const ANA = 'ana@example.com';
const NEW = 'new@example.com';

describe('whether an address is confirmed', () => {
  test.each([true, false])('is brought where only the source has changed it: %s', (flag) => {
    const present = withRecorded(pair(ANA, !flag), pair(ANA, !flag));
    const comparison = compareUser(from(pair(ANA, flag)), present, ALL);
    expect(comparison).toEqual({ ...NOTHING, changed: ['email'] });
    expect(recordAfter(from(pair(ANA, flag)), present, comparison, ALL)).toEqual({
      ...RECORD,
      ...pair(ANA, flag),
    });
  });

  test('is brought where no import has read it before', () => {
    const older = withRecorded(pair(ANA, false), { email: ANA, emailConfirmed: null });
    expect(compareUser(from(pair(ANA, true)), older, ALL).changed).toEqual(['email']);
    const unrecorded = withRecorded(pair(ANA, false), null);
    expect(compareUser(from(pair(ANA, true)), unrecorded, ALL).changed).toEqual(['email']);
  });

  test.each([
    ['unconfirmed', pair(ANA, false)],
    ['of an older import', { email: ANA, emailConfirmed: null }],
    ['missing', null],
  ])('stays where Portero alone has confirmed it, and the record is %s', (_, recorded) => {
    const present = withRecorded(pair(ANA, true), recorded);
    const comparison = compareUser(from(pair(ANA, false)), present, ALL);
    expect(comparison).toEqual({ ...NOTHING, kept: ['email'] });
    const record = recordAfter(from(pair(ANA, false)), present, comparison, ALL);
    expect(record).toEqual({ ...RECORD, ...pair(ANA, false) });
    expect(compareUser(from(pair(ANA, false)), { ...present, record }, ALL)).toEqual(comparison);
  });

  test('keeps an address that Portero has confirmed where the source has a new one', () => {
    const present = withRecorded(pair(ANA, true), pair(ANA, false));
    expect(compareUser(from(pair(NEW, true)), present, ALL).kept).toEqual(['email']);
  });

  test('is not brought to an address that was set in Portero', () => {
    const present = withRecorded(pair('own@example.com', false), pair(ANA, false));
    expect(compareUser(from(pair(ANA, true)), present, ALL).kept).toEqual(['email']);
    const setToSame = withRecorded(pair(NEW, false), pair(ANA, true));
    expect(compareUser(from(pair(NEW, true)), setToSame, ALL).kept).toEqual(['email']);
  });

  test('is not read from a source without addresses', () => {
    const present = withRecorded(pair(ANA, true), pair(ANA, true));
    const source = from(pair(null, false));
    const withoutEmails: Knowledge = { ...ALL, hasEmails: false };
    expect(compareUser(source, present, withoutEmails)).toEqual(NOTHING);
    expect(recordAfter(source, present, NOTHING, withoutEmails)).toEqual(present.record);
  });

  describe('and the source does not say it', () => {
    const SILENT: Knowledge = { ...ALL, hasColumn: (name) => name !== 'EmailConfirmed' };
    const present = withRecorded(pair(ANA, true), pair(ANA, true));

    test('stays of the same address', () => {
      const source = from(pair(ANA, false));
      expect(compareUser(source, present, SILENT)).toEqual(NOTHING);
      expect(recordAfter(source, present, NOTHING, SILENT)).toEqual(present.record);
    });

    test('is not known of a new address, so it is unconfirmed', () => {
      const source = from(pair(NEW, false));
      const comparison = compareUser(source, present, SILENT);
      expect(comparison).toEqual({ ...NOTHING, changed: ['email'] });
      expect(recordAfter(source, present, comparison, SILENT)).toEqual({
        ...RECORD,
        ...pair(NEW, false),
      });
    });
  });
});

test('an address is brought where nobody has recorded one and Portero has none', () => {
  const present = { ...PRESENT, email: null, record: null };
  expect(compareUser(SOURCE, present, ALL).changed).toEqual(['email']);
});

describe('a source that lacks a column', () => {
  const BARE: Knowledge = { hasEmails: false, hasRoles: false, hasColumn: () => false };
  const INACTIVE = {
    ...PRESENT,
    active: false,
    record: { ...RECORD, active: false, inactiveBy: 'Activo' },
  };

  test('changes no address and no role', () => {
    const source = { ...SOURCE, email: null, role: 'Default' };
    expect(compareUser(source, PRESENT, BARE)).toEqual(NOTHING);
    expect(recordAfter(source, PRESENT, NOTHING, BARE)).toEqual(RECORD);
  });

  test('activates nobody whom that column has made inactive', () => {
    const comparison = compareUser(SOURCE, INACTIVE, BARE);
    expect(comparison).toEqual({ ...NOTHING, isStillInactive: true });
    expect(recordAfter(SOURCE, INACTIVE, comparison, BARE)).toEqual(INACTIVE.record);
    const other: Knowledge = { ...BARE, hasColumn: (name) => name === 'LockoutEnd' };
    expect(compareUser(SOURCE, INACTIVE, other).changed).toEqual([]);
    const same: Knowledge = { ...BARE, hasColumn: (name) => name === 'Activo' };
    expect(compareUser(SOURCE, INACTIVE, same).changed).toEqual(['active']);
  });

  test('deactivates all the same', () => {
    expect(compareUser({ ...SOURCE, active: false }, PRESENT, BARE).changed).toEqual(['active']);
  });

  test('activates a user again whom an import has deactivated as missing', () => {
    const missing = { ...INACTIVE, record: { ...INACTIVE.record, inactiveBy: null } };
    expect(compareUser(SOURCE, missing, BARE).changed).toEqual(['active']);
  });
});

describe('a password', () => {
  const withStamp = (stampDigest: string | null) => ({ ...SOURCE, stampDigest });

  test('is brought where the security stamp has changed', () => {
    expect(compareUser(withStamp('stamp 2'), PRESENT, ALL).changed).toEqual(['password']);
  });

  test('stays where the user has set one in Portero', () => {
    const own = { ...PRESENT, isPasswordOwn: true };
    expect(compareUser(withStamp('stamp 2'), own, ALL).kept).toEqual(['password']);
    expect(compareUser(withStamp('stamp 1'), own, ALL)).toEqual(NOTHING);
  });

  test('is not known to have changed where a stamp is missing on either side', () => {
    expect(compareUser(withStamp(null), PRESENT, ALL)).toEqual(NOTHING);
    const unknown = { ...PRESENT, record: { ...RECORD, stampDigest: null } };
    expect(compareUser(withStamp('stamp 2'), unknown, ALL)).toEqual(NOTHING);
  });

  test('that the last import did not have is brought', () => {
    const present = { ...PRESENT, hasPassword: false };
    expect(compareUser(SOURCE, present, ALL).changed).toEqual(['password']);
    expect(compareUser({ ...SOURCE, hasPassword: false }, present, ALL)).toEqual(NOTHING);
  });
});

const NOTHING: Comparison = { changed: [], kept: [], unknown: [], isStillInactive: false };

describe('a user of the same id', () => {
  const OTHER = { ...SOURCE, userName: 'ben', normalizedUserName: 'BEN', stampDigest: 'stamp 9' };

  test('is the same person where the id is a GUID', () => {
    const id = '0F8FAD5B-D9CB-469F-A165-70867728950E';
    const stranger = { ...OTHER, id, email: 'ben@example.com' };
    expect(isSamePerson(stranger, { ...PRESENT, id, record: null })).toBe(true);
  });

  test.each<[string, Partial<SourceUser>]>([
    ['the address, whatever its case', { email: 'ANA@example.com' }],
    ['the security stamp', { stampDigest: 'stamp 1', email: null }],
    ['the name', { normalizedUserName: 'ANA', email: null }],
  ])('is the same person with %s', (_, same) => {
    expect(isSamePerson({ ...OTHER, email: 'ben@example.com', ...same }, PRESENT)).toBe(true);
  });

  test.each<[string, Partial<SourceUser>, Partial<PresentUser>]>([
    ['nothing else', { email: 'ben@example.com' }, {}],
    ['no address on either side', { email: null }, { email: null, record: null }],
    [
      'the name, but of another source',
      { normalizedUserName: 'ANA', email: 'ben@example.com' },
      { record: null, isOfOtherSource: true },
    ],
  ])('is somebody else with %s', (_, source, present) => {
    expect(isSamePerson({ ...OTHER, ...source }, { ...PRESENT, ...present })).toBe(false);
  });
});

const text = fc.constantFrom('a', 'b', 'c');
const optional = fc.option(text, { nil: null });
const source = fc
  .record({
    userName: text,
    email: optional,
    emailConfirmed: fc.boolean(),
    active: fc.boolean(),
    role: text,
    stampDigest: optional,
    hasPassword: fc.boolean(),
    inactiveBy: optional,
  })
  .map(
    (user): SourceUser => ({
      ...user,
      emailConfirmed: user.emailConfirmed && user.email !== null,
      id: 'A1',
      normalizedUserName: normalizeUserName(user.userName),
    }),
  );
const present = fc
  .record({
    userName: text,
    email: optional,
    emailConfirmed: fc.boolean(),
    active: fc.boolean(),
    role: text,
    hasPassword: fc.boolean(),
    isPasswordOwn: fc.boolean(),
    record: fc.option(
      fc.record({
        userName: optional,
        email: optional,
        emailConfirmed: fc.option(fc.boolean(), { nil: null }),
        active: fc.option(fc.boolean(), { nil: null }),
        inactiveBy: optional,
        role: optional,
        stampDigest: optional,
      }),
      { nil: null },
    ),
  })
  .map(
    (user): PresentUser => ({
      ...user,
      emailConfirmed: user.emailConfirmed && user.email !== null,
      id: 'A1',
      normalizedUserName: normalizeUserName(user.userName),
      isAdmin: false,
      isOfOtherSource: false,
    }),
  );

const knowledge = fc
  .record({
    hasEmails: fc.boolean(),
    hasRoles: fc.boolean(),
    columns: fc.subarray(['a', 'b', 'c', 'EmailConfirmed']),
  })
  .map(
    ({ columns, ...rest }): Knowledge => ({ ...rest, hasColumn: (name) => columns.includes(name) }),
  );

/** The user and the record after an update has been carried out. */
function update(from: SourceUser, to: PresentUser, known: Knowledge): PresentUser {
  const comparison = compareUser(from, to, known);
  const { changed } = comparison;
  const brought = Object.fromEntries(
    FIELDS.filter((field) => field !== 'password' && changed.includes(field)).map((field) => [
      field,
      from[field as 'email'],
    ]),
  );
  const { emailConfirmed } = changed.includes('email') ? from : to;
  const hasPassword = changed.includes('password') ? from.hasPassword : to.hasPassword;
  return {
    ...to,
    ...brought,
    emailConfirmed,
    hasPassword,
    record: recordAfter(from, to, comparison, known),
  };
}

test('a second update of the same source changes nothing', () => {
  fc.assert(
    fc.property(source, present, knowledge, (from, to, known) => {
      const after = update(from, to, known);
      const again = compareUser(from, after, known);
      expect(again.changed).toEqual([]);
      expect(isSameRecord(recordAfter(from, after, again, known), after.record)).toBe(true);
    }),
  );
});

test('no update takes away what was changed in Portero', () => {
  fc.assert(
    fc.property(source, present, knowledge, (from, to, known) => {
      const { record } = to;
      const { changed } = compareUser(from, to, known);
      for (const field of ['userName', 'email', 'active', 'role'] as const) {
        if (from[field] === to[field]) continue;
        if ((record?.[field] ?? null) !== to[field]) expect(changed).not.toContain(field);
      }
      const isConfirmedHere = to.emailConfirmed && record?.emailConfirmed !== true;
      if (isConfirmedHere) expect(changed).not.toContain('email');
      if (to.isPasswordOwn) expect(changed).not.toContain('password');
    }),
  );
});
