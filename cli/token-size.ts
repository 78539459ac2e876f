/**
 * How many permissions a token can hold.
 *
 * @module
 */
import { MAX_TOKEN_LENGTH } from '#portero/internal/claims.ts';
import { ACTIONS, type Action } from '#portero/internal/permission.ts';
import { type AddedClaims, renamePermission } from '../src/token/added-claims.ts';
import { buildClaims } from '../src/token/build-claims.ts';
import { longestTokenLength } from '../src/token/longest-token.ts';
import { MAX_USER_NAME_LENGTH } from '../src/user-name.ts';

/** What a token holds of a user. */
export interface TokenUser {
  id: string;
  userName: string;
}

/** Room for the issuer, and as much for the audience. They are settings of the Worker, so the database does not know them. */
const URL_LENGTH = 200;

/** Room for future users: an id that Portero makes, and the longest name with three bytes a character. */
const NEXT_USER = { id: 'x'.repeat(36), userName: '\u65e5'.repeat(MAX_USER_NAME_LENGTH) };

/** The greatest that the database gives. */
const LONGEST_ROLE_ID = 2 ** 31 - 1;

/** How many bytes the JSON of a role's permissions may have in a token of any of these users, and of the next one. */
export function permissionBudget(
  role: { name: string; isAdmin: boolean },
  users: TokenUser[],
  claims: AddedClaims,
): number {
  const lengths = [NEXT_USER, ...users].map((user) => emptyLength(user, role, claims));
  // Base64 makes four characters from three bytes. The empty token has the brackets of the lists already.
  return Math.floor(((MAX_TOKEN_LENGTH - Math.max(...lengths)) * 3) / 4) - 1;
}

function emptyLength(
  user: TokenUser,
  { name, isAdmin }: { name: string; isAdmin: boolean },
  claims: AddedClaims,
): number {
  const url = 'x'.repeat(URL_LENGTH);
  const role = { id: LONGEST_ROLE_ID, name, isAdmin, permissions: [] };
  const issuance = { issuer: url, audience: url };
  const instance = { now: Date.now(), id: crypto.randomUUID() };
  return longestTokenLength(buildClaims({ ...user, role }, issuance, instance, claims));
}

/** What a permission costs, in bytes of JSON: its own text, and its text in each list of `TOKEN_CLAIMS`. */
export interface PermissionCosts {
  /** For each character of the permission. An administrator's token lists only those of `TOKEN_CLAIMS`. */
  characters: 0 | 1;
  ofAction: Record<Action, number>;
  /** For each character of the module's key. */
  ofModule: number;
}

/** Two quotation marks and a comma. */
const JSON_OVERHEAD_BYTES = 3;

export function permissionCosts({ lists }: AddedClaims, isAdmin = false): PermissionCosts {
  const bytes = (text: string) => Buffer.byteLength(JSON.stringify(text)) + 1;
  const ofAction = Object.fromEntries(
    ACTIONS.map((action) => {
      const listed = lists.map(([, list]) => bytes(renamePermission(`.${action}`, list)));
      const own = isAdmin ? 0 : JSON_OVERHEAD_BYTES;
      return [action, listed.reduce((sum, length) => sum + length, own)];
    }),
  ) as Record<Action, number>;
  const modules = lists.map(([, { each }]) => each.split('{module}').length - 1);
  return {
    characters: isAdmin ? 0 : 1,
    ofAction,
    ofModule: modules.reduce((sum, count) => sum + count, 0),
  };
}

/** How many bytes permissions take in a token. */
export function permissionBytes(permissions: string[], costs: PermissionCosts): number {
  const { characters, ofAction, ofModule } = costs;
  return permissions.reduce((sum, permission) => {
    const [module = '', action = ''] = permission.split('.');
    const own = characters * permission.length;
    return sum + own + (ofAction[action as Action] ?? 0) + ofModule * module.length;
  }, 0);
}
