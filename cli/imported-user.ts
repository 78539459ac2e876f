/**
 * One row of `AspNetUsers`, checked.
 *
 * @module
 */
import * as v from 'valibot';
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import { parseStoredHash, type StoredHash } from '../src/password/stored-hash.ts';
import { isPossibleUserName, isStorable, normalizeUserName } from '../src/user-name.ts';
import { INVISIBLE } from './names.ts';

/** A row in the form in which every later step needs it: nothing of it has to be parsed again. */
export interface ImportedUser {
  id: string;
  userName: string;
  normalizedUserName: string;
  email: string | null;
  /** `null` for a user without a password. */
  hash: StoredHash | null;
  active: boolean;
  /** The name of the role. */
  role: string;
}

/** The role of every row, or the column that has the role of each. */
export type RoleSource = { name: string } | { column: string };

/** `nvarchar(450)`, which is what ASP.NET Core Identity gives to a key. */
const MAX_ID_LENGTH = 450;

/** Blank text is NULL too, because neither a name nor a hash is blank. */
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
    v.rawTransform(({ dataset: { value }, addIssue, NEVER }): StoredHash | null => {
      if (value === null) return null;
      const hash = parseStoredHash(value);
      if (hash.ok) return hash.value;
      addIssue({
        message:
          'PasswordHash is not of ASP.NET Core Identity version 2 or 3, or costs too much to verify',
      });
      return NEVER;
    }),
  ),
  activo: flag,
});

/**
 * Checks a row.
 *
 * @param columns by their names in lower case
 * @returns the user, or what is wrong with the row: fixed text for people, with nothing of the row in it
 */
export function toImportedUser(
  columns: Record<string, unknown>,
  roleSource: RoleSource,
): Result<ImportedUser, string> {
  const row = v.safeParse(Row, { activo: columns.active, ...columns });
  if (!row.success) return fail(row.issues[0].message);
  const role = 'name' in roleSource ? roleSource.name : readRole(columns, roleSource.column);
  if (role === null) return fail('the role is missing');
  const { id, username: userName, email, passwordhash: hash, activo: active } = row.output;
  const normalizedUserName = normalizeUserName(userName);
  return succeed({ id, userName, normalizedUserName, email, hash, active, role });
}

function readRole(columns: Record<string, unknown>, column: string): string | null {
  const name = column.toLowerCase();
  const role = v.safeParse(text, Object.hasOwn(columns, name) ? columns[name] : null);
  return role.success ? role.output : null;
}
