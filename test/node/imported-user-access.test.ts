/** What a row of `AspNetUsers` says of who may log in: flags, locks and times. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalName } from '../../cli/import/identity-names.ts';
import { type RowRules, toImportedUser } from '../../cli/import/row/imported-user.ts';
import { expectValue } from '../support/expect-value.ts';

function check(row: Record<string, unknown>, rules: Partial<RowRules> = {}) {
  const entries = Object.entries({ Id: 'A1', UserName: 'ana', ...row });
  const columns = Object.fromEntries(entries.map(([name, value]) => [canonicalName(name), value]));
  return toImportedUser(columns, { dropOtherHashes: false, ...rules });
}

const user = (...row: Parameters<typeof check>) => expectValue(check(...row));

const fault = (...row: Parameters<typeof check>) => {
  const result = check(...row);
  return result.ok ? undefined : result.reason;
};

const TRUE = [
  ...['1', '1.0', '-1', 'true', 't', 'yes', 'y', 'on', 'sí', 'si', 's', 'verdadero'],
  ...['0x01', '0x1', '\\x01', "b'1'", '\u0001', 1, 1n, -1, true],
];
const FALSE = [
  ...['0', '0.0', 'false', 'f', 'no', 'n', 'off', 'falso', '0x00', '0x0', '\\x00', "b'0'", '\0'],
  ...[0, 0n, false],
];

describe('a flag', () => {
  const spelling = fc.constantFrom(
    ...TRUE.map((value) => ({ value, flag: true })),
    ...FALSE.map((value) => ({ value, flag: false })),
  );

  test('is read in every spelling, case and padding', () => {
    const padding = fc.constantFrom('', ' ', '\u00a0', '\t', '   ');
    fc.assert(
      fc.property(spelling, padding, fc.boolean(), ({ value, flag }, pad, inCapitals) => {
        const text = typeof value === 'string' ? `${pad}${value}${pad}` : value;
        const Activo = typeof text === 'string' && inCapitals ? text.toUpperCase() : text;
        expect(user({ Activo }).isFlaggedActive).toBe(flag);
      }),
      { numRuns: 1000 },
    );
  });

  const names = ['Activo', 'IsDeleted', 'EmailConfirmed', 'TwoFactorEnabled', 'LockoutEnabled'];
  const values = ['maybe', 'wahr', '2', 2, 0.5, 'NaN', {}, [], new Date(0)];
  test.each(names.flatMap((name) => values.map((value) => [name, value] as const)))(
    'is refused where %s is %o',
    (name, value) => {
      const reason =
        value === 0.5
          ? `${name} is a number that JSON readers round: export it as text`
          : `${name} is none of 1, 0, true and false`;
      expect(fault({ [name]: value })).toBe(reason);
    },
  );

  test('says whether the address is confirmed, and whether there is a second factor', () => {
    const read = (flag: unknown) => {
      const { isEmailConfirmed, hasSecondFactor } = user({
        EmailConfirmed: flag,
        TwoFactorEnabled: flag,
      });
      return [isEmailConfirmed, hasSecondFactor];
    };
    expect([read(1), read(0), read(null)]).toEqual([
      [true, true],
      [false, false],
      [null, false],
    ]);
  });
});

describe('a user is active', () => {
  const ACTIVE = ['Activo', 'IsActive', 'Active', 'Enabled', 'IsEnabled', 'is_active', 'ACTIVO'];
  const INACTIVE = [
    ...['IsDeleted', 'Deleted', 'Inactivo', 'Inactive', 'IsInactive', 'Disabled', 'IsDisabled'],
    'is_deleted',
  ];

  test.each(ACTIVE)('where %s says so', (name) => {
    expect(user({ [name]: 1 }).isFlaggedActive).toBe(true);
    expect(user({ [name]: 0 }).isFlaggedActive).toBe(false);
    expect(user({ [name]: null }).isFlaggedActive).toBeNull();
  });

  test.each(INACTIVE)('unless %s says so', (name) => {
    expect(user({ [name]: 0 }).isFlaggedActive).toBe(true);
    expect(user({ [name]: 1 }).isFlaggedActive).toBe(false);
    expect(user({ [name]: null }).isFlaggedActive).toBeNull();
  });

  test('where no column says otherwise', () => {
    const known = fc.constantFrom(...[...ACTIVE, ...INACTIVE].map(canonicalName));
    const flags = fc.dictionary(known, fc.constantFrom(0, 1, null), { minKeys: 1 });
    fc.assert(
      fc.property(flags, (row) => {
        const said = Object.entries(row)
          .filter(([, flag]) => flag !== null)
          .map(([name, flag]) => ACTIVE.map(canonicalName).includes(name) === (flag === 1));
        const isActive = said.length === 0 ? null : !said.includes(false);
        expect(user(row).isFlaggedActive).toBe(isActive);
      }),
    );
  });

  test('by a column that the operator names, beside the known ones', () => {
    const named = { activeColumn: ['Habilitado'] };
    expect(user({ Habilitado: 'VERDADERO' }, named).isFlaggedActive).toBe(true);
    expect(user({ Habilitado: 'FALSO' }, named).isFlaggedActive).toBe(false);
    expect(user({ Habilitado: 1, IsDeleted: 1 }, named).isFlaggedActive).toBe(false);
    const opposite = { inactiveColumn: ['de_baja'] };
    expect(user({ DeBaja: 1 }, opposite).isFlaggedActive).toBe(false);
    expect(user({ DeBaja: 0 }, opposite).isFlaggedActive).toBe(true);
  });

  test('by what the operator says of a known name', () => {
    expect(user({ Deleted: 1 }, { activeColumn: ['Deleted'] }).isFlaggedActive).toBe(true);
    expect(user({ Active: 1 }, { inactiveColumn: ['Active'] }).isFlaggedActive).toBe(false);
  });

  test('not by a named column where a known one is NULL', () => {
    const named = { inactiveColumn: ['Baja'] };
    expect(user({ Activo: null, Baja: 0 }, named).isFlaggedActive).toBeNull();
    expect(user({ Activo: 1, Baja: 0 }, named).isFlaggedActive).toBe(true);
    expect(user({ Activo: null, Baja: 1 }, named).isFlaggedActive).toBe(false);
  });

  test.each([
    ['2024-05-06 07:08:09', false],
    ['0001-01-01T00:00:00', true],
    [null, true],
    ['1', false],
    ['0', true],
  ])(
    'where the operator says that DeletedAt keeps users out, and it is %j: %j',
    (value, active) => {
      const named = { inactiveColumn: ['DeletedAt', 'Baja'] };
      expect(user({ DeletedAt: value, Baja: null }, named).isFlaggedActive).toBe(active);
      expect(user({ DeletedAt: null, Baja: value }, named).isFlaggedActive).toBe(active);
    },
  );

  test('only if the row has the column that the operator names', () => {
    const named = { activeColumn: ['Habilitado'] };
    expect(fault({}, named)).toBe('Habilitado is missing. Export it also where it is NULL');
    expect(user({ Habilitado: null }, named).isFlaggedActive).toBe(false);
    expect(fault({ Habilitado: 'x' }, named)).toBe('Habilitado is none of 1, 0, true and false');
  });
});

describe('a lock', () => {
  const until = (row: Record<string, unknown>) => user(row).lockedUntil?.toISOString() ?? null;
  const LockoutEnd = '2026-11-26 10:00:00 +00:00';
  const END = '2026-11-26T10:00:00.000Z';

  test('counts unless LockoutEnabled is false', () => {
    expect(until({ LockoutEnd })).toBe(END);
    expect(until({ LockoutEnd, LockoutEnabled: null })).toBe(END);
    expect(until({ LockoutEnd, LockoutEnabled: 1 })).toBe(END);
    expect(until({ LockoutEnd, LockoutEnabled: 0 })).toBeNull();
  });

  test('needs an end', () => {
    expect(until({ LockoutEnabled: 1 })).toBeNull();
    expect(until({ LockoutEnabled: 1, LockoutEnd: null })).toBeNull();
    expect(until({ LockoutEnabled: 1, LockoutEnd: ' ' })).toBeNull();
  });

  test('is read of the column of ASP.NET Identity 2 too, and the later one counts', () => {
    expect(until({ LockoutEndDateUtc: '2026-11-26 10:00:00' })).toBe(END);
    const earlier = '2020-01-01 00:00:00';
    expect(until({ LockoutEnd, LockoutEndDateUtc: earlier })).toBe(END);
    expect(until({ LockoutEnd: earlier, LockoutEndDateUtc: '2026-11-26 10:00:00' })).toBe(END);
  });

  const FOREVER = '9999-12-31T23:59:59.999Z';
  test.each<[unknown, string]>([
    ['9999-12-31 23:59:59.9999999 +00:00', FOREVER],
    ['9999-12-31T23:59:59.9999999+00:00', FOREVER],
    ['9999-12-31 23:59:59.999999', FOREVER],
    ['infinity', FOREVER],
    ['Infinity ', FOREVER],
    ['10000-01-01 00:59:59.999+01', FOREVER],
    ['294276-12-31 23:59:59+00', FOREVER],
    ['/Date(253402300799999)/', FOREVER],
    ['\\/Date(253402300799999+0000)\\/', FOREVER],
    ['253402300799999', FOREVER],
    [253_402_300_799_999, FOREVER],
    [new Date(FOREVER), FOREVER],
    ['31/12/9999 23:59:59', '9999-12-31T23:59:59.000Z'],
    ['12/31/9999 11:59:59 PM +00:00', '9999-12-31T23:59:59.000Z'],
    ['12/31/9999 11:59:59\u202fPM', '9999-12-31T23:59:59.000Z'],
    ['31/12/9999 11:59:59 p.\u00a0m.', '9999-12-31T23:59:59.000Z'],
    ['31/12/9999 12:00:01 a. m.', '9999-12-31T00:00:01.000Z'],
    ['31.12.9999', '9999-12-31T00:00:00.000Z'],
    ['31.12.9999 23:59:59 +00:00', '9999-12-31T23:59:59.000Z'],
    ['9999/12/31', '9999-12-31T00:00:00.000Z'],
    ['31-12-9999 23:59', '9999-12-31T23:59:00.000Z'],
    ['Dec 31 9999 11:59PM', '9999-12-31T23:59:00.000Z'],
    ['Dec 31 9999 11:59:59:997PM', '9999-12-31T23:59:59.997Z'],
    ['31-DEC-9999', '9999-12-31T00:00:00.000Z'],
    ['31 dic. 9999 23:59:59', '9999-12-31T23:59:59.000Z'],
    ['viernes, 31 de diciembre de 9999 23:59:59', '9999-12-31T23:59:59.000Z'],
    ['Fri, 31 Dec 9999 23:59:59 GMT', '9999-12-31T23:59:59.000Z'],
    ['Friday, December 31, 9999 11:59:59 PM', '9999-12-31T23:59:59.000Z'],
    ['Fri Dec 31 9999 23:59:59 GMT+0000 (Coordinated Universal Time)', '9999-12-31T23:59:59.000Z'],
    ['2026-11-26 10:00:00.123+00', '2026-11-26T10:00:00.123Z'],
    ['2026-11-26 04:30:00-0530', END],
    ['2026-11-26T10:00', END],
    ['2026-11-26T10:00:00Z', END],
    ['20261126T100000Z', END],
    ['20261126100000', END],
    ['2026-11-26', '2026-11-26T00:00:00.000Z'],
    [1_795_687_200, END],
    ['1795687200', END],
    [1_795_687_200_000, END],
    [0, '1970-01-01T00:00:00.000Z'],
  ])('until %s ends then', (end, expected) => {
    expect(until({ LockoutEnd: end })).toBe(expected);
  });

  test('can end at a bigint', () => {
    expect(until({ LockoutEnd: 1_795_687_200_000n })).toBe(END);
  });

  test('ends at the later time where its end can be read in two ways', () => {
    expect(until({ LockoutEnd: '03/04/2026' })).toBe('2026-04-03T00:00:00.000Z');
    expect(until({ LockoutEnd: '4/3/2026 10:00 AM' })).toBe('2026-04-03T10:00:00.000Z');
    expect(until({ LockoutEnd: '03-04-2026' })).toBe('2026-04-03T00:00:00.000Z');
    expect(until({ LockoutEnd: '04.03.2026' })).toBe('2026-03-04T00:00:00.000Z');
    expect(until({ LockoutEnd: 253_402_300_799 })).toBe('9999-12-31T23:59:59.000Z');
  });

  test.each([
    ...['0000-00-00 00:00:00', '0000-00-00', '0001-01-01 00:00:00 +00:00', '-infinity'],
    ...['1753-01-01 00:00:00.000', '1900-01-01 00:00:00'],
  ])('was never set where its end is %s', (end) => {
    expect(until({ LockoutEnd: end })).toBeNull();
  });

  const UNREADABLE =
    'LockoutEnd cannot be read as a time. Export it like 2026-11-26 10:00:00 +00:00';
  test.each([
    ...['soon', 'true', '2026-02-30', '2026-13-01', '30/02/2026', '2026-11-26 25:00', '12:00'],
    ...['2026-11-26 10:00:00 CET', '26-11-26', '46352.41', 46_352, '639000000000000000', -1, true],
    ...['13:00 PM', '31/12/9999 13:00:00 PM', '31 xyz 9999', '2026', {}, [], new Date(Number.NaN)],
  ])('that ends at %j is refused: who is locked must not slip in', (end) => {
    expect(fault({ LockoutEnd: end })).toBe(UNREADABLE);
    expect(fault({ LockoutEndDateUtc: end })).toBe(
      UNREADABLE.replace('LockoutEnd', 'LockoutEndDateUtc'),
    );
    expect(until({ LockoutEnd: end, LockoutEnabled: false })).toBeNull();
  });
});

describe('an instant reads back the same as it is written by', () => {
  const two = (number: number) => String(number).padStart(2, '0');
  const dateOf = (at: Date) => at.toISOString().slice(0, 10);
  const clockOf = (at: Date) => at.toISOString().slice(11, 23);
  const slashes = (at: Date) => [at.getUTCDate(), at.getUTCMonth() + 1, at.getUTCFullYear()];
  const clock12 = (at: Date) =>
    `${at.getUTCHours() % 12 || 12}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
  /** The same instant on a clock that is some minutes east of Greenwich. */
  const east = (at: Date, minutes: number) => new Date(at.getTime() + minutes * 60_000);
  const zone = (minutes: number, colon: string) => {
    const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
    return `${minutes < 0 ? '-' : '+'}${two(hours)}${colon}${two(rest)}`;
  };

  /** Writes an instant on the clock of a zone. */
  const writers: Record<string, (at: Date, minutes: number) => unknown> = {
    'SQL Server': (at, minutes) => {
      const local = east(at, minutes);
      return `${dateOf(local)} ${clockOf(local)}4567 ${zone(minutes, ':')}`;
    },
    PostgreSQL: (at, minutes) => {
      const local = east(at, minutes);
      return `${dateOf(local)} ${clockOf(local)}456${zone(minutes, ':')}`;
    },
    MySQL: (at) => `${dateOf(at)} ${clockOf(at)}456`,
    'System.Text.Json': (at, minutes) => {
      const local = east(at, minutes);
      return `${dateOf(local)}T${clockOf(local)}4567${zone(minutes, ':')}`;
    },
    JavaScript: (at) => at.toJSON(),
    JavaScriptSerializer: (at) => `/Date(${at.getTime()})/`,
    'a driver': (at) => at,
  };

  const instant = fc.date({
    min: new Date('1901-01-02T00:00:00Z'),
    max: new Date('9999-12-30T00:00:00Z'),
    noInvalidDate: true,
  });
  const minutesEast = fc.integer({ min: -14 * 60, max: 14 * 60 });

  test.each(Object.entries(writers))('%s', (_, write) => {
    fc.assert(
      fc.property(instant, minutesEast, (at, minutes) => {
        expect(user({ LockoutEnd: write(at, minutes) }).lockedUntil).toEqual(at);
      }),
    );
  });

  /** To the second, and with a day and a month that may be swapped. */
  const localized: Record<string, (at: Date) => string> = {
    '.NET in English': (at) => {
      const [day, month, year] = slashes(at);
      return `${month}/${day}/${year} ${clock12(at)} ${at.getUTCHours() < 12 ? 'AM' : 'PM'} +00:00`;
    },
    '.NET in Spanish': (at) => {
      const half = at.getUTCHours() < 12 ? 'a.\u00a0m.' : 'p.\u00a0m.';
      return `${slashes(at).join('/')} ${clock12(at)} ${half}`;
    },
  };

  test.each(Object.entries(localized))('%s, or later', (_, write) => {
    fc.assert(
      fc.property(instant, (time) => {
        const at = new Date(Math.floor(time.getTime() / 1000) * 1000);
        const read = user({ LockoutEnd: write(at) }).lockedUntil as Date;
        expect(read.getTime()).toBeGreaterThanOrEqual(at.getTime());
        if (at.getUTCDate() > 12) expect(read).toEqual(at);
      }),
    );
  });
});

describe('the creation time', () => {
  const created = (row: Record<string, unknown>) => user(row).createdAt?.toISOString() ?? null;
  const AT = '2020-01-31T10:00:00.000Z';

  test.each([
    ...['CreatedAt', 'CreationTime', 'CreatedOn', 'CreatedDate', 'CreateDate', 'DateCreated'],
    ...['Created', 'RegisteredAt', 'FechaCreacion', 'FechaCreación', 'FechaAlta', 'FechaRegistro'],
    ...['created_at', 'fecha_alta'],
  ])('is that of %s', (name) => {
    expect(created({ [name]: '2020-01-31 10:00:00' })).toBe(AT);
  });

  test('is that of the first column that has one', () => {
    expect(created({ CreatedAt: null, Created: true, FechaAlta: '31/01/2020 10:00:00' })).toBe(AT);
  });

  test.each(['yesterday', '0001-01-01', '9999-12-31 23:59:59.9999999', '03/04/2020', {}, true])(
    'is none where it is %j',
    (CreatedAt) => {
      expect(created({ CreatedAt })).toBeNull();
    },
  );
});
