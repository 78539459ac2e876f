/** What a row of `AspNetUsers` says of a user: the id, the names, and what is refused. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { canonicalName } from '../../cli/import/identity-names.ts';
import { type RowRules, toImportedUser } from '../../cli/import/row/imported-user.ts';
import { expectValue } from '../support/expect-value.ts';

const ROW = { Id: 'A1', UserName: 'ana' };

/** The result for a row, whose columns are named as .NET names them. */
function check(row: Record<string, unknown>, rules: Partial<RowRules> = {}) {
  const entries = Object.entries({ ...ROW, ...row }).map(([name, value]) => [
    canonicalName(name),
    value,
  ]);
  return toImportedUser(Object.fromEntries(entries), { dropOtherHashes: false, ...rules });
}

const user = (...row: Parameters<typeof check>) => expectValue(check(...row));

/** What is wrong with a row, or `undefined`. */
function fault(...row: Parameters<typeof check>): string | undefined {
  const result = check(...row);
  return result.ok ? undefined : result.reason;
}

test('a row with an id and a name is a user of whom nothing else is known', () => {
  expect(user({})).toEqual({
    id: 'A1',
    userName: 'ana',
    normalizedUserName: 'ANA',
    email: null,
    hasQuestionMark: false,
    hasWideLetters: false,
    hash: null,
    isFlaggedActive: null,
    isNormalizedAlike: null,
    isEmailConfirmed: null,
    hasSecondFactor: false,
    lockedUntil: null,
    createdAt: null,
    stampDigest: null,
    roles: [],
    tenant: null,
    hasPhoneNumber: false,
  });
});

test('NULL says the same as a column that is not there', () => {
  const names = ['Email', 'PasswordHash', 'Activo', 'EmailConfirmed', 'TwoFactorEnabled'];
  const others = ['LockoutEnd', 'LockoutEnabled', 'SecurityStamp', 'TenantId', 'PhoneNumber'];
  const columns = [...names, ...others, 'CreatedAt', 'NormalizedUserName', 'NormalizedEmail'];
  expect(user(Object.fromEntries(columns.map((name) => [name, null])))).toEqual(user({}));
  expect(user(Object.fromEntries(columns.map((name) => [name, ' '])))).toEqual(user({}));
});

describe('the id', () => {
  test.each(['me2', 'a.', '...', 'mé', '.me', 'me/password', 'x'.repeat(450)])(
    'can be %j',
    (Id) => {
      expect(user({ Id }).id).toBe(Id);
    },
  );

  test('can be a number', () => {
    expect(user({ Id: 2 }).id).toBe('2');
    expect(user({ Id: 9_007_199_254_740_993n }).id).toBe('9007199254740993');
  });

  test('can be NULL by its letters', () => {
    expect(user({ Id: 'NULL', UserName: 'null' })).toMatchObject({ id: 'NULL', userName: 'null' });
  });

  test('has no white space around it, and keeps its case', () => {
    expect(user({ Id: ' 0F8FAD5B-D9CB-469F-A165-70867728950E\u00a0' }).id).toBe(
      '0F8FAD5B-D9CB-469F-A165-70867728950E',
    );
  });

  test.each([
    '20261126-0042', // of one's own making, and no GUID
    '0f8fad5bd9cb469fa16570867728950e',
    '{0f8fad5b-d9cb-469f-a165-70867728950e}',
    '12E10',
    'abcdef01',
    'abcdef01-2026-1126-0042-123456789012x',
  ])('%j is not damaged', (Id) => {
    expect(user({ Id }).id).toBe(Id);
  });

  const GUID = '0f8fad5b-d9cb-469f-a165-70867728950e';
  test.each([9, 10, 13, 16, 20, 24, 30, 32, 35])('a GUID of %i characters was cut', (length) => {
    expect(fault({ Id: GUID.slice(0, length) })).toBe(
      'Id is the beginning of a GUID: it was cut. Export the whole column, which is 36 characters wide',
    );
  });
});

test.each([' ', '\r\n', '\u00a0', '\u0085', '\u2003', '\ufeff'])(
  'the white space %j around a name and an e-mail address is not part of them',
  (blank) => {
    const pad = (text: string) => `${blank}${text}${blank}`;
    const names = { UserName: pad('ana maría'), Email: pad('ana@example.com') };
    expect(user(names)).toMatchObject({ userName: 'ana maría', email: 'ana@example.com' });
    expect(user({ Email: pad('') }).email).toBeNull();
    expect(user({ UserName: pad('x'.repeat(256)) }).userName).toHaveLength(256);
  },
);

describe('a row is refused', () => {
  const untypable = (column: string, codePoint: string) =>
    `${column} has the character ${codePoint}, which people cannot see or type`;
  const unaddressable = 'Id is me, . or .., and no request can read a user of such an Id';

  test.each<[object, string]>([
    [{ Id: undefined }, 'Id is missing'],
    [{ Id: null }, 'Id is missing'],
    [{ Id: '' }, 'Id is missing'],
    [{ Id: '\u0085' }, 'Id is missing'],
    [{ Id: 'x'.repeat(451) }, 'Id has more than 450 characters'],
    [{ Id: 'A\0' }, untypable('Id', 'U+0000')],
    [{ Id: 'A\n1' }, untypable('Id', 'U+000A')],
    [{ Id: 'A\u202e1' }, untypable('Id', 'U+202E')],
    [{ Id: ['A1'] }, 'Id is neither text nor a number'],
    [{ Id: 'me' }, unaddressable],
    [{ Id: ' ME ' }, unaddressable],
    [{ Id: '.' }, unaddressable],
    [{ Id: '..' }, unaddressable],
    [{ UserName: ' ' }, 'UserName is missing'],
    [{ UserName: '\u0085\ufeff' }, 'UserName is missing'],
    [{ UserName: 'x'.repeat(257) }, 'UserName has more than 256 characters'],
    [{ UserName: true }, 'UserName is neither text nor a number'],
    [{ UserName: 'ana\ud800' }, untypable('UserName', 'U+D800')],
    [{ UserName: 'a\rna' }, untypable('UserName', 'U+000D')],
    [{ UserName: 'a\u2028na' }, untypable('UserName', 'U+2028')],
    [{ UserName: 'ana\u200b' }, untypable('UserName', 'U+200B')],
    [{ UserName: 'a\u0378na' }, untypable('UserName', 'U+0378')],
    [{ UserName: 'Jos\ufffd' }, untypable('UserName', 'U+FFFD')],
    [{ Email: 'ana\0@example.com' }, untypable('Email', 'U+0000')],
    [{ Email: 'ana\u001b[2J@example.com' }, untypable('Email', 'U+001B')],
    [{ Email: 'ana@example.com\nroot' }, untypable('Email', 'U+000A')],
    [{ Email: 'ana@exam\u200bple.com' }, untypable('Email', 'U+200B')],
    [{ Email: {} }, 'Email is neither text nor a number'],
    [{ TenantId: 'a\nb' }, untypable('TenantId', 'U+000A')],
    [{ PhoneNumber: [] }, 'PhoneNumber is neither text nor a number'],
    [{ SecurityStamp: {} }, 'SecurityStamp is neither text nor a number'],
    [{ PasswordHash: {} }, 'PasswordHash is neither text nor a number'],
  ])('%j', (row, reason) => {
    expect(fault(row as Record<string, unknown>)).toBe(reason);
  });

  test.each(['Id', 'UserName', 'NormalizedUserName', 'Email', 'NormalizedEmail', 'PasswordHash'])(
    'because %s is a number that JSON has rounded',
    (name) => {
      const reason = `${name} is a number that JSON readers round: export it as text`;
      expect(fault({ [name]: 9_007_199_254_740_992 })).toBe(reason);
      expect(fault({ [name]: 1e21 })).toBe(reason);
    },
  );

  test.each([
    ...['Activo', 'IsDeleted', 'EmailConfirmed', 'TwoFactorEnabled', 'LockoutEnabled'],
    ...['LockoutEnd', 'LockoutEndDateUtc', 'CreatedAt', 'SecurityStamp', 'TenantId', 'PhoneNumber'],
  ])('because %s is one too', (name) => {
    const reason = `${name} is a number that JSON readers round: export it as text`;
    expect(fault({ [name]: 9_007_199_254_740_992 })).toBe(reason);
  });

  test('with its id, where that can be read', () => {
    expect(check({ UserName: null })).toMatchObject({ details: { id: 'A1' } });
    expect(check({ Id: ' B2 ', Activo: 'perhaps' })).toMatchObject({ details: { id: 'B2' } });
    expect(check({ Id: null })).not.toHaveProperty('details');
  });
});

describe('a damaged name is told', () => {
  const MOJIBAKE = 'has signs in place of letters, such as Ã© in place of é';
  const cutPair = (name: string) => `${name} or Normalized${name} was cut`;

  test.each<[object, string]>([
    [{ Id: '1.23E+10' }, 'Id is a number that a spreadsheet has rounded'],
    [{ Id: '1,23E+10' }, 'Id is a number that a spreadsheet has rounded'],
    [{ Id: '1E+10' }, 'Id is a number that a spreadsheet has rounded'],
    [{ UserName: '3.46E+10' }, 'UserName is a number that a spreadsheet has rounded'],
    [{ Id: '0f8fad5b…' }, 'Id ends with …'],
    [{ UserName: 'ana…' }, 'UserName ends with …'],
    [{ Email: 'ana@exa…' }, 'Email ends with …'],
    [{ UserName: 'JosÃ©' }, `UserName ${MOJIBAKE}`],
    [{ UserName: 'NicolÃ\u00a0' }, `UserName ${MOJIBAKE}`],
    [{ UserName: 'MarÃ\u00ada' }, `UserName ${MOJIBAKE}`],
    [{ UserName: 'Ã\u0081ngel' }, `UserName ${MOJIBAKE}`],
    [{ UserName: 'oâ€™neill' }, `UserName ${MOJIBAKE}`],
    [{ UserName: 'Å\u0081ukasz' }, `UserName ${MOJIBAKE}`],
    [{ Email: 'peÃ±a@example.com' }, `Email ${MOJIBAKE}`],
    [{ UserName: 'ana.mar', NormalizedUserName: 'ANA.MARIA' }, cutPair('UserName')],
    [{ UserName: 'ana.maría', NormalizedUserName: 'ANA.MAR' }, cutPair('UserName')],
    [{ UserName: 'josé', NormalizedUserName: 'jos' }, cutPair('UserName')],
    [{ Email: 'ana@example', NormalizedEmail: 'ANA@EXAMPLE.COM' }, cutPair('Email')],
  ])('%j', (row, reason) => {
    expect(fault(row as Record<string, unknown>)).toContain(reason);
  });

  test.each([
    ...['JOÃO', 'MÍŠA', 'Åsa', 'ÂNGELA', 'ELÄIN', 'ana...', 'E+10', '5E10', '12.5', 'José', '李'],
    ...['straße', 'ana+1@example.com', 'jdoe2'],
  ])('and %j is not damaged', (UserName) => {
    expect(user({ UserName }).userName).toBe(UserName);
  });

  test.each([
    ['straße', 'STRASSE'],
    ['ana', 'ANA  '],
    ['ana', 'ana'],
    ['jose\u0301', 'JOSÉ'],
    ['ana@example.com', 'TENANT|ANA@EXAMPLE.COM'],
    ['ana', null],
    ['ana', ''],
  ])('and %j may be normalised to %j', (UserName, NormalizedUserName) => {
    expect(user({ UserName, NormalizedUserName }).userName).toBe(UserName);
  });

  test('as a question mark and as letters beyond ASCII, for the whole file to be compared', () => {
    const marks = (row: object) => {
      const { hasQuestionMark, hasWideLetters } = user(row as Record<string, unknown>);
      return [hasQuestionMark, hasWideLetters];
    };
    expect(marks({})).toEqual([false, false]);
    expect(marks({ UserName: 'Jos?' })).toEqual([true, false]);
    expect(marks({ UserName: 'José' })).toEqual([false, true]);
    expect(marks({ Email: 'pe?a@example.com' })).toEqual([true, false]);
    expect(marks({ Email: 'peña@example.com' })).toEqual([false, true]);
    expect(marks({ UserName: '→' })).toEqual([false, false]);
  });
});

describe('the role', () => {
  const roles = (Rol: unknown, roleColumn = 'Rol') => user({ Rol }, { roleColumn }).roles;

  test('is the text of the column, without the white space around it', () => {
    expect(roles(' Sales\u00a0')).toEqual(['Sales']);
    expect(roles('Sales, North')).toEqual(['Sales, North']);
    expect(roles(3)).toEqual(['3']);
    expect(roles(null)).toEqual([]);
    expect(roles('  ')).toEqual([]);
  });

  test('can be a list in JSON, with each role once', () => {
    expect(roles(['Sales', 'North', 'Sales ', null, ''])).toEqual(['Sales', 'North']);
    expect(roles([])).toEqual([]);
  });

  test('is found by its column in every spelling', () => {
    expect(roles('Sales', ' r_OL')).toEqual(['Sales']);
    expect(user({ Rol: 'Sales' }).roles).toEqual([]);
    expect(roles('Sales', 'constructor')).toEqual([]);
  });

  test('is refused with its column', () => {
    const reason = (Rol: unknown) => fault({ Rol }, { roleColumn: 'Rol' });
    expect(reason({})).toBe('Rol is neither text nor a number');
    expect(reason([['Sales']])).toBe('Rol is neither text nor a number');
    expect(reason([2 ** 53])).toBe('Rol is a number that JSON readers round: export it as text');
    expect(reason('a\nb')).toContain('Rol has the character U+000A');
    expect(reason('AdministraciÃ³n')).toContain('Rol has signs in place of letters');
  });
});

test('of the security stamp there is a digest, and not the stamp', () => {
  const stamp = 'QWERTYUIOPASDFGHJKLZXCVBNM234567';
  const digest = createHash('sha256').update(stamp).digest('hex');
  expect(user({ SecurityStamp: stamp }).stampDigest).toBe(digest);
  expect(user({ SecurityStamp: `${stamp}  ` }).stampDigest).toBe(digest);
  expect(JSON.stringify(user({ SecurityStamp: stamp }))).not.toContain(stamp);
});

test('the tenant and the phone number are read', () => {
  expect(user({ TenantId: 7, PhoneNumber: '+34 600 000 000' })).toMatchObject({
    tenant: '7',
    hasPhoneNumber: true,
  });
});

test('no reason holds a value of the row', () => {
  const secret = 'S3cr3tV4lu3';
  const names = ['Id', 'UserName', 'Email', 'PasswordHash', 'SecurityStamp', 'PhoneNumber'];
  const others = ['TenantId', 'Activo', 'EmailConfirmed', 'LockoutEnd', 'LockoutEnabled', 'Rol'];
  const values = [{ secret }, [{ secret }], `${secret}\0…`, `=${secret}`, `${secret}…`];
  const reasons = [...names, ...others].flatMap((name) =>
    values.map((value) => fault({ [name]: value }, { roleColumn: 'Rol' })),
  );
  expect(reasons.filter((reason) => reason !== undefined).length).toBeGreaterThan(30);
  expect(reasons.join()).not.toContain(secret);
});

test.each(['Jos‚', 'Mu¤oz', 'µngel', 'Mar¡a', 'Ð˜Ð²Ð°Ð½', 'Î‘Î½Î½Î±'])(
  'the name %j, which an encoding has changed, is refused',
  (UserName) => {
    expect(fault({ UserName })).toMatch(/^UserName has signs in place of letters, such as /);
  },
);

test.each(['MUÑOZ', 'Ñandú', 'João', 'Đorđe', 'Łukasz', 'Þóra', 'Ðoan', '“Ana”', "O'Neill", 'Ærø'])(
  'the name %j is a name',
  (userName) => {
    expect(user({ UserName: userName })).toMatchObject({ userName });
  },
);

test('an address has as many characters as Identity gives it', () => {
  expect(fault({ Email: `${'x'.repeat(256)}@example.com` })).toBe(
    'Email has more than 256 characters',
  );
});
