/** What an import says of the columns of `AspNetUsers`: which were there, and which flags it does not read. */
import { describe, expect, test } from 'vitest';
import { canonicalName } from '../../cli/import/identity-names.ts';
import { ColumnsSeen } from '../../cli/import/row/columns-seen.ts';

function see(rows: Record<string, unknown>[], ...names: ConstructorParameters<typeof ColumnsSeen>) {
  const seen = new ColumnsSeen(...names);
  for (const row of rows) {
    seen.see(
      Object.fromEntries(Object.entries(row).map(([name, value]) => [canonicalName(name), value])),
    );
  }
  return seen;
}

/** Rows with one column. */
const column = (name: string, ...values: unknown[]) => values.map((value) => ({ [name]: value }));

const unread = (...rows: Record<string, unknown>[]) => see(rows).unreadFlags();

test('a column is there if any row has it, also with NULL', () => {
  const seen = see([{ Id: '1' }, { Id: '2', EmailConfirmed: null }]);
  expect(['EmailConfirmed', 'email_confirmed', 'Id'].map((name) => seen.has(name))).toEqual([
    true,
    true,
    true,
  ]);
  expect(['PasswordHash', 'constructor'].map((name) => seen.has(name))).toEqual([false, false]);
});

test('the flags that are read are told by the names that people know', () => {
  expect(see([{ Id: '1' }]).flags).toEqual([]);
  expect(see([{ is_deleted: '0' }, { activo: null }]).flags).toEqual(['Activo', 'IsDeleted']);
  const named = { activeColumn: ['Habilitado'], inactiveColumn: ['DeBaja'] };
  expect(see([{ habilitado: 1, de_baja: 0, enabled: 1 }], named).flags).toEqual([
    'Habilitado',
    'DeBaja',
    'Enabled',
  ]);
});

describe('a column that nobody reads is told', () => {
  test('where every value is a flag, with the number of rows in which it is set', () => {
    expect(unread(...column('Bloqueado', '1', null, '0', '', 'VERDADERO'))).toEqual([
      { column: 'bloqueado', rows: 2 },
    ]);
    expect(unread(...column('IsLocked', false, false))).toEqual([{ column: 'islocked', rows: 0 }]);
  });

  test.each(['DeletedAt', 'DeletionTime', 'FechaBaja', 'fecha_eliminacion', 'BlockedUntil'])(
    'where %s has times',
    (name) => {
      const values = [null, '2026-11-26 10:00:00', '0001-01-01', '0000-00-00 00:00:00'];
      expect(unread(...column(name, ...values))).toEqual([
        { column: canonicalName(name), rows: 1 },
      ]);
    },
  );

  test('but not where one value is something else', () => {
    expect(unread(...column('Nivel', '1', '0', '2'))).toEqual([]);
    expect(unread(...column('Nivel', '2', '1'))).toEqual([]);
    expect(unread(...column('DeletedBy', null, 'ana'))).toEqual([]);
    expect(unread(...column('DeletedAt', '2026-11-26', 'ana'))).toEqual([]);
    expect(unread(...column('DeletedAt', '1', '2026-11-26'))).toEqual([]);
    expect(unread(...column('Options', {}, 1))).toEqual([]);
  });

  test('but not where it has no value, or a time that keeps nobody out', () => {
    expect(unread(...column('Bloqueado', null, ''))).toEqual([]);
    expect(unread(...column('LastLogin', '2026-11-26 10:00:00'))).toEqual([]);
  });

  test('but not where it is of Identity, or read', () => {
    const stock = ['EmailConfirmed', 'PhoneNumberConfirmed', 'TwoFactorEnabled', 'LockoutEnabled'];
    const others = ['AccessFailedCount', 'Id', 'UserName', 'TenantId', 'Activo', 'IsDeleted'];
    const row = Object.fromEntries([...stock, ...others, 'CreatedAt'].map((name) => [name, '1']));
    expect(unread(row)).toEqual([]);
    const named = { activeColumn: ['A'], inactiveColumn: ['b_'], roleColumn: 'Rol' };
    expect(see([{ A: 1, B: 1, ROL: 1, C: 1 }], named).unreadFlags()).toEqual([
      { column: 'c', rows: 1 },
    ]);
  });
});

test('rows of JSON that all have other members are not all remembered', () => {
  const seen = see(Array.from({ length: 2000 }, (_, index) => ({ [`member${index}`]: true })));
  expect(seen.has('member0')).toBe(true);
  expect(seen.has('member1999')).toBe(false);
});
