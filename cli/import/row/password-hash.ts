/**
 * The password hash of an imported user: read, left out or refused.
 *
 * @module
 */
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import { parseStoredHash, type StoredHash } from '../../../src/password/stored-hash.ts';
import type { SourceColumns } from '../source.ts';
import { column, readText } from './cell.ts';
import { findHashDamage } from './hash-damage.ts';
import { checkLength, diagnose } from './identity-shape.ts';
import { otherSystemOf } from './other-hashes.ts';

const PASSWORD_HASH = column('PasswordHash');

export interface ImportedHash {
  /** `null` for a user without a password. */
  hash: StoredHash | null;
  /** What made the hash that was left out: `bcrypt`. It is there only where `dropOtherHashes` allows it. */
  droppedHash?: string;
}

const WAY_OUT =
  'With --drop-other-hashes such users arrive without a password, and users set-password sets one';
const CUT =
  'PasswordHash was cut or changed: it is not as long as it has to be. Export the whole column';

const COSTLY =
  'costs too much to verify: Portero verifies up to 1,000,000 iterations, and salts and keys of up to 1,024 bytes';

/**
 * Reads the hash. A hash that was damaged on the way is refused: its user would not be able to log in, or the hash would be
 * weaker than it was.
 *
 * @param dropOtherHashes whether hashes that Portero cannot verify are left out. Damaged ones are refused all the same
 */
export function readPasswordHash(
  columns: SourceColumns,
  dropOtherHashes: boolean,
): Result<ImportedHash, string> {
  const exported = readText(columns, PASSWORD_HASH);
  if (!exported.ok) return exported;
  if (exported.value === null) return succeed({ hash: null });
  const text = exported.value.trim();
  const hash = parseWholeHash(text);
  if (hash !== undefined) return succeed({ hash });
  const other = describe(text);
  if (!other.ok) return other;
  const { kind, sentence } = other.value;
  return dropOtherHashes
    ? succeed({ hash: null, droppedHash: kind })
    : fail(`PasswordHash ${sentence}. ${WAY_OUT}`);
}

/**
 * White space within base64 does not count, as in .NET. But a hash that has a blank in place of a `+` is shorter without it,
 * and may still be readable. So white space is allowed only in a hash whose right length is known.
 */
function parseWholeHash(text: string): StoredHash | undefined {
  const bare = text.replace(/\s/g, '');
  const parsed = parseStoredHash(bare);
  if (!parsed.ok) return undefined;
  const hash = parsed.value;
  const length = hash.kind === 'foreign' ? checkLength(hash.foreign) : 'unknown';
  const isWhole = bare === text ? length !== 'wrong' : length === 'right';
  return isWhole ? hash : undefined;
}

/** @returns a hash that is whole, but that Portero cannot verify, or how it was damaged */
function describe(text: string): Result<{ kind: string; sentence: string }, string> {
  if (text.startsWith('$portero$')) return fail(CUT);
  const kind = otherSystemOf(text);
  if (kind !== undefined) {
    return succeed({ kind, sentence: `was made with ${kind}, which Portero cannot verify` });
  }
  const damage = findHashDamage(text, (other) => parseWholeHash(other) !== undefined);
  if (damage !== undefined) return fail(`PasswordHash ${damage}`);
  switch (isBase64(text) ? diagnose(Buffer.from(text, 'base64')) : 'foreign') {
    case 'cut':
      return fail(CUT);
    case 'costly':
      return succeed({ kind: 'Identity, too costly', sentence: COSTLY });
    case 'foreign':
      return succeed({ kind: 'unknown', sentence: 'is no hash of ASP.NET Core Identity' });
  }
}

/** Whatever its length: the beginning of base64 is base64. */
function isBase64(text: string): boolean {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text);
}
