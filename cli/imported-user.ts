/**
 * One row of `AspNetUsers`, checked.
 *
 * @module
 */
import * as v from 'valibot';
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import { parseStoredHash, type StoredHash } from '../src/password/stored-hash.ts';
import {
  findUntypable,
  MAX_USER_NAME_LENGTH,
  normalizeUserName,
  trimName,
} from '../src/user-name.ts';
import { isAddressable } from './user-id.ts';

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

/** Text without the white space around it. */
const name = v.pipe(
  text,
  v.transform((value) => (value === null ? null : trimName(value) || null)),
);

/** Also refuses what PostgreSQL cannot store: U+0000 is a control character, and a lone surrogate is refused too. */
function typable(column: string) {
  return v.check<string, (issue: v.CheckIssue<string>) => string>(
    (value) => findUntypable(value) === undefined,
    ({ input }) =>
      `${column} has the character ${findUntypable(input)}, which people cannot see or type`,
  );
}

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
    typable('Id'),
    v.maxLength(MAX_ID_LENGTH, `Id has more than ${MAX_ID_LENGTH} characters`),
    v.check(isAddressable, 'Id is me, . or .., and no request can read a user of such an Id'),
  ),
  username: v.pipe(
    name,
    v.string('UserName is missing'),
    typable('UserName'),
    v.maxLength(MAX_USER_NAME_LENGTH, `UserName has more than ${MAX_USER_NAME_LENGTH} characters`),
  ),
  email: v.pipe(name, v.nullable(v.pipe(v.string(), typable('Email')))),
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
 * @returns the user, or what is wrong with the row: text for people, with nothing of the row in it but
 *   the code point of a character that is refused
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
  const key = column.toLowerCase();
  const role = v.safeParse(name, Object.hasOwn(columns, key) ? columns[key] : null);
  return role.success ? role.output : null;
}
