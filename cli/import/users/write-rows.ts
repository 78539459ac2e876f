/**
 * The rows of an import as the database gets them: one JSON text a batch.
 *
 * @module
 */
import { type SQL, sql } from 'drizzle-orm';
import type { LayerShape } from '../../../src/password/foreign-layer.ts';
import { parseStoredHash } from '../../../src/password/stored-hash.ts';
import { type HashRow, toHashRow } from '../../hash-row.ts';
import { type StagedUser, toSourceUser, USER_COLUMNS } from '../staging/staged-user.ts';
import type { SourceUser } from './compare-user.ts';
import type { Outcome, UpdateDetails } from './outcome.ts';

/** A staged user who is created or updated. */
export interface AcceptedRow extends StagedUser {
  created_at: string | null;
  hash: string | null;
  outcome: Outcome;
  details: string | null;
}

export const ACCEPTED_COLUMNS = `${USER_COLUMNS}, created_at, hash, outcome, details`;

/** A row with the hash that is stored. */
export interface HashedRow {
  row: AcceptedRow;
  hash: HashRow;
}

/** Hashes a batch, on all cores. A password that is not brought needs no hash. */
export function hashBatch(rows: AcceptedRow[], harden: boolean): Promise<HashedRow[]> {
  return Promise.all(
    rows.map(async (row) => {
      const isBrought = row.outcome === 'created' || detailsOf(row).changed.includes('password');
      const parsed = row.hash === null || !isBrought ? undefined : parseStoredHash(row.hash);
      return { row, hash: await toHashRow(parsed?.ok ? parsed.value : null, harden) };
    }),
  );
}

/** What the plan has noted of a user who is there already. */
export function detailsOf({ details }: AcceptedRow): UpdateDetails {
  return JSON.parse(details ?? '{}');
}

interface WriteRow extends SourceUser {
  createdAt: string | null;
  passwordHash: string | null;
  shape: LayerShape | null;
}

export function toWriteRow({ row, hash }: HashedRow): WriteRow {
  const { passwordHash, shape = null } = hash;
  return { ...toSourceUser(row), createdAt: row.created_at, passwordHash, shape };
}

/** Reads such rows in a statement. Thousands of parameters would take longer than the rows themselves. */
export function selectRows(rows: object[], furtherColumns: SQL = sql``): SQL {
  return sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row(
    "id" text, "userName" text, "normalizedUserName" text, "email" text, "emailConfirmed" boolean,
    "active" boolean, "inactiveBy" text, "role" text, "createdAt" timestamptz, "stampDigest" text,
    "passwordHash" text, "shape" jsonb
    ${furtherColumns})`;
}

/** Selects the id of a row's shape, which the same transaction has listed before. */
export const SHAPE_OF_ROW = sql`(
  select id from foreign_layers
  where hash = row."shape" ->> 'hash' and iterations = (row."shape" ->> 'iterations')::integer
    and salt_length = (row."shape" ->> 'saltLength')::integer
    and key_length = (row."shape" ->> 'keyLength')::integer
)`;
