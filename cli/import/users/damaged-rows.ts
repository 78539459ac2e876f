/**
 * What can be said of the rows only when all of them have been read.
 *
 * @module
 */

import { count } from '../../count.ts';
import type { ImportOptions } from '../options.ts';
import type { Reading } from '../staging/read-source.ts';
import type { Staging } from '../staging/staging.ts';
import type { Stop } from '../stop.ts';

export interface Damage {
  stops: Stop[];
  notices: string[];
}

/** Rejects rows whose letters were lost, and looks for what is odd about the source as a whole. */
export function findDamage(staging: Staging, reading: Reading, options: ImportOptions): Damage {
  rejectShortKeys(staging);
  leaveOutOtherTenantsRoles(staging, options);
  if (options.roleColumn === undefined) rejectLostRoles(staging);
  return {
    stops: [
      ...findMissingHashes(staging, reading),
      ...findMissingRoles(reading, options),
      ...findLostMemberships(staging),
      ...findMissingColumns(staging, reading, options),
    ],
    notices: [
      ...findLostLetters(staging),
      ...explainUnreadRoles(reading, options),
      ...explainMissingStamps(reading, options),
      ...explainCapitalGuids(reading, options),
      ...reading.costs.explain(),
    ],
  };
}

/** One system makes keys of one length. A hash that is shorter than others of its kind was cut, and still verifies. */
function rejectShortKeys(staging: Staging): void {
  staging.run(
    `update users set problem = ?
    from (select hash_kind as kind, max(key_length) as length from users group by 1) longest
    where problem is null and hash_kind = longest.kind and key_length < longest.length`,
    'PasswordHash is shorter than others of its kind: it was cut. Export the whole column',
  );
}

function leaveOutOtherTenantsRoles(staging: Staging, { tenant }: ImportOptions): void {
  if (tenant === undefined) return;
  staging.run('delete from roles where tenant is not null and lower(tenant) <> lower(?)', tenant);
}

/** A role that cannot be read, or is not there, may have been the one that a user must not lose, or must not exceed. */
function rejectLostRoles(staging: Staging): void {
  staging.run(
    `update users set problem = ? where problem is null and exists (
      select 1 from memberships where user_key = users.id_key
        and not exists (select 1 from roles where id_key = role_key)
    )`,
    'has a role that the table of roles does not have, or that cannot be read there',
  );
}

function findMissingHashes(staging: Staging, { columns }: Reading): Stop[] {
  if (columns.has('passwordhash') || staging.count('from users where problem is null') === 0) {
    return [];
  }
  const sentence =
    'No row has a PasswordHash, so nobody could log in. Export this column too, with NULL where a user has no password.';
  return [{ sentence }];
}

/** Nobody can tell whose role such a row has. Its user would get the role of `--role`. */
function findLostMemberships(staging: Staging): Stop[] {
  const rows = staging.count("from faults where kind = 'userRoles'");
  if (rows === 0) return [];
  const sentence = `${count(rows, 'row')} of the table that says which user has which role cannot be read, so users would get other roles. Mend the export.`;
  return [{ sentence }];
}

/** An option that names a column which is not there would be silent: every user would look alike. */
function findMissingColumns(
  staging: Staging,
  { columns }: Reading,
  options: ImportOptions,
): Stop[] {
  if (staging.count('from users') === 0) return [];
  const named = {
    '--role-column': options.roleColumn === undefined ? [] : [options.roleColumn],
    '--active-column': options.activeColumn ?? [],
    '--inactive-column': options.inactiveColumn ?? [],
  };
  return Object.entries(named).flatMap(([option, names]) =>
    names
      .filter((name) => !columns.has(name))
      .map((name) => ({ sentence: `No row has the column ${name}, which ${option} names.` })),
  );
}

function findMissingRoles({ hasTable }: Reading, options: ImportOptions): Stop[] {
  const needed = hasTable('userRoles') || hasTable('roleClaims');
  if (!needed || hasTable('roles') || options.roleColumn !== undefined) return [];
  return [
    {
      sentence: 'The source has roles of users or of claims, but no table of roles. Export it too.',
    },
  ];
}

/**
 * A tool that cannot write a letter writes `?` in its place. Where other names have letters beyond ASCII, the tool has kept
 * some and lost others. In a source without such letters, the `?` may be part of the name.
 */
function findLostLetters(staging: Staging): string[] {
  const accepted = 'problem is null and has_question_mark';
  const suspects = staging.count(`from users where ${accepted}`);
  if (suspects === 0) return [];
  if (staging.count('from users where problem is null and has_wide_letters') > 0) {
    staging.run(
      `update users set problem = 'has a ? where a letter was lost. Export in UTF-8' where ${accepted}`,
    );
    return [];
  }
  return [
    `${count(suspects, 'name has', 'names have')} a ?. Where it stands for a letter, the export has lost the letter: export in UTF-8.`,
  ];
}

function explainCapitalGuids({ capitalGuids }: Reading, { lowerCaseIds }: ImportOptions): string[] {
  if (capitalGuids === 0) return [];
  const [ids, they] =
    capitalGuids === 1
      ? ['1 id is a GUID', 'It becomes small letters, as .NET writes it.']
      : [`${capitalGuids} ids are GUIDs`, 'They become small letters, as .NET writes them.'];
  return [
    lowerCaseIds
      ? `${ids} in capital letters. ${they}`
      : `${ids} in capital letters. .NET writes a GUID in small letters, and services compare ids as text. ` +
        '--lower-case-ids makes them small letters.',
  ];
}

function explainMissingStamps({ columns }: Reading, { update }: ImportOptions): string[] {
  if (!update || columns.has('SecurityStamp')) return [];
  return ['The source has no SecurityStamp, so nobody can tell which passwords have changed.'];
}

function explainUnreadRoles({ hasTable }: Reading, { roleColumn }: ImportOptions): string[] {
  if (!hasTable('roles')) return [];
  if (roleColumn !== undefined)
    return ['The tables of roles are not read, because of --role-column.'];
  return hasTable('userRoles')
    ? []
    : ['The source has roles, but no table that says which user has which.'];
}
