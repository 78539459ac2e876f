/**
 * The lists of an administrator in `TOKEN_CLAIMS`, which have every permission of every module.
 *
 * @module
 */
import { eq } from 'drizzle-orm';
import { MAX_TOKEN_LENGTH } from '#portero/internal/claims.ts';
import { ACTIONS } from '#portero/internal/permission.ts';
import type { Database } from '../src/db/connection.ts';
import { modules, roles } from '../src/db/schema.ts';
import type { AddedClaims } from '../src/token/added-claims.ts';
import { permissionBudget, permissionBytes, permissionCosts } from './token-size.ts';

/**
 * Tells where new modules would make a list too long for a token. Where two commands add modules at the same time, a list may
 * become too long all the same. Then a login leaves it out.
 *
 * @returns a sentence for people, or nothing where every list stays short enough
 */
export async function findLongList(
  db: Database,
  newKeys: string[],
  claims: AddedClaims,
): Promise<string | undefined> {
  if (claims.lists.length === 0) return undefined;
  const known = (await db.select().from(modules)).map(({ key }) => key);
  if (newKeys.every((key) => known.includes(key))) return undefined;
  const permissions = [...new Set([...known, ...newKeys])].flatMap((module) =>
    ACTIONS.map((action) => `${module}.${action}`),
  );
  const bytes = permissionBytes(permissions, permissionCosts(claims, true));
  const administrators = await db.select().from(roles).where(eq(roles.isAdmin, true));
  const long = administrators.find((role) => bytes > permissionBudget(role, [], claims));
  if (long === undefined) return undefined;
  return `With that, a token of ${long.name} could have more than ${MAX_TOKEN_LENGTH} characters, because TOKEN_CLAIMS lists every permission.`;
}
