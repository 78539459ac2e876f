/**
 * One row of `AspNetUsers`, checked.
 *
 * @module
 */
import * as v from 'valibot';
import { parseStoredHash } from '../src/password/stored-hash.ts';
import { isPossibleUserName, isStorable } from '../src/user-name.ts';
import { INVISIBLE } from './names.ts';

export interface ImportedUser {
  id: string;
  userName: string;
  email: string | null;
  passwordHash: string | null;
  active: boolean;
  role: string;
}

/** `nvarchar(450)`, which is what ASP.NET Core Identity gives to a key. */
const MAX_ID_LENGTH = 450;

/** Blank text is NULL as well: neither a name nor a hash is blank. */
const text = v.pipe(
  v.nullish(v.union([v.string(), v.number()], 'a value is neither text nor a number'), null),
  v.transform((value) => (value === null || String(value).trim() === '' ? null : String(value))),
);

const TRUE = ['1', 'true', 't'];
const FALSE = ['0', 'false', 'f'];

const flag = v.pipe(
  v.nullish(
    v.union([v.string(), v.number(), v.boolean()], 'Activo is none of 1, 0, true and false'),
    true,
  ),
  v.transform((value) => String(value).trim().toLowerCase() || 'true'),
  v.picklist([...TRUE, ...FALSE], 'Activo is none of 1, 0, true and false'),
  v.transform((value) => TRUE.includes(value)),
);

const Row = v.object({
  id: v.pipe(
    v.optional(v.unknown(), null),
    v.check(
      (id) => typeof id !== 'number' || Number.isSafeInteger(id),
      'Id is a number that JSON readers round: export it as text',
    ),
    text,
    v.string('Id is missing'),
    v.check(
      (id) => id.length <= MAX_ID_LENGTH && isStorable(id),
      'Id has more than 450 characters, or one that PostgreSQL cannot store',
    ),
    v.check((id) => !INVISIBLE.test(id), 'Id has a line break or another control character'),
  ),
  username: v.pipe(
    text,
    v.string('UserName is missing'),
    v.check(
      isPossibleUserName,
      'UserName has more than 256 characters, or one that PostgreSQL cannot store',
    ),
    v.check(
      (name) => !INVISIBLE.test(name),
      'UserName has a line break or another control character',
    ),
  ),
  email: v.pipe(
    text,
    v.check(
      (email) => email === null || isStorable(email),
      'Email has a character that PostgreSQL cannot store',
    ),
  ),
  passwordhash: v.pipe(
    text,
    v.check(
      (hash) => hash === null || parseStoredHash(hash) !== null,
      'PasswordHash is not of ASP.NET Core Identity version 2 or 3, or costs too much to verify',
    ),
  ),
  activo: flag,
});

/**
 * Checks a row.
 *
 * @param columns by their names in lower case
 * @param role of every row, or the name of the column that has it
 * @returns the user, or why there is none: fixed text, with nothing of the row in it
 */
export function toImportedUser(
  columns: Record<string, unknown>,
  role: { name: string } | { column: string },
): ImportedUser | string {
  const row = v.safeParse(Row, { activo: columns.active, ...columns });
  if (!row.success) return row.issues[0].message;
  const roleName = 'name' in role ? role.name : readRole(columns, role.column.toLowerCase());
  if (roleName === null) return 'the role is missing';
  const { id, username, email, passwordhash, activo } = row.output;
  return {
    id,
    userName: username,
    email,
    passwordHash: passwordhash,
    active: activo,
    role: roleName,
  };
}

function readRole(columns: Record<string, unknown>, name: string): string | null {
  const role = v.safeParse(text, Object.hasOwn(columns, name) ? columns[name] : null);
  return role.success ? role.output : null;
}
