/**
 * `TOKEN_CLAIMS`: claims that existing services read under names of their own.
 *
 * ```json
 * {
 *   "role": "authenticated",
 *   "perfilId": "{role.id}",
 *   "esAdmin": "{admin}",
 *   "permiso": { "each": "{module}.{action}", "actions": { "create": "agregar", "list": "consultar" } }
 * }
 * ```
 *
 * A claim is a text, or a list with a text for each permission. An administrator's list has every permission of every module,
 * because these services do not know `admin`.
 *
 * @module
 */
import * as v from 'valibot';
import { ACTIONS, type Action } from '#portero/internal/permission.ts';
import { fail, type Result, succeed } from '#portero/internal/result.ts';

/** What a text may hold of the user and of its role. */
const PLACEHOLDERS = ['user.id', 'user.name', 'role.id', 'role.name', 'admin'] as const;
type Placeholder = (typeof PLACEHOLDERS)[number];

const PLACEHOLDER = /\{([a-z.]+)\}/g;

/** What the text of a permission may hold. */
const PERMISSION_PLACEHOLDERS = ['module', 'action'] as const;

/** Visible ASCII: nothing that looks like another name. A URI is a name too. */
const CLAIM_NAME = /^[\x21-\x7e]{1,200}$/;

/**
 * RFC 7519, section 4.1, and Portero's own. No setting may write them, in any case: some JSON readers take `Sub` for `sub`. Only
 * `role` can be set, to a constant.
 */
const OWN_CLAIMS = [
  ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti'],
  ...['name', 'admin', 'permissions', 'portero_role'],
];

const MAX_CLAIMS = 20;
const MAX_TEXT_LENGTH = 200;

/** A list with a text for each permission. */
export interface PermissionList {
  each: string;
  /** Other names of actions. An action that is not named keeps its own. */
  actions: Partial<Record<Action, string>>;
}

export interface AddedClaims {
  /** The constant that stands in `role` in place of the role's name. */
  role: string | undefined;
  texts: [name: string, template: string][];
  lists: [name: string, list: PermissionList][];
}

export const NO_ADDED_CLAIMS: AddedClaims = { role: undefined, texts: [], lists: [] };

const shortText = v.pipe(v.string(), v.nonEmpty(), v.maxLength(MAX_TEXT_LENGTH));
const TextClaim = v.pipe(
  shortText,
  v.check((text) => hasOnly(text, PLACEHOLDERS)),
);
const Constant = v.pipe(
  shortText,
  v.check((text) => hasOnly(text, [])),
);
const ListClaim = v.strictObject({
  each: v.pipe(
    shortText,
    v.check((text) => hasOnly(text, PERMISSION_PLACEHOLDERS)),
  ),
  actions: v.optional(v.strictObject(v.entriesFromList(ACTIONS, v.optional(Constant))), {}),
});

/** What is wrong: fixed text, which holds nothing of the setting. */
type AddedClaimsResult = Result<AddedClaims, 'claims_refused', { problem: string }>;

/**
 * Reads the setting.
 *
 * @param value the JSON, or what `wrangler.toml` has made of a table
 */
export function readAddedClaims(value: unknown): AddedClaimsResult {
  const json = typeof value === 'string' ? parse(value) : value;
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return refuse('is not a JSON object of claims');
  }
  const entries = Object.entries(json);
  if (entries.length > MAX_CLAIMS) return refuse(`has more than ${MAX_CLAIMS} claims`);
  const claims: AddedClaims = { role: undefined, texts: [], lists: [] };
  for (const [index, [name, claim]] of entries.entries()) {
    const problem = addTo(claims, name, claim);
    // The position names a claim, because a value is never logged.
    if (problem !== undefined) return refuse(`claim ${index + 1} ${problem}`);
  }
  return succeed(claims);
}

/** @returns what is wrong with the claim */
function addTo(claims: AddedClaims, name: string, claim: unknown): string | undefined {
  if (!CLAIM_NAME.test(name) || name === '__proto__') return 'has a name that cannot be used';
  if (
    OWN_CLAIMS.includes(name.toLowerCase()) ||
    (name !== 'role' && name.toLowerCase() === 'role')
  ) {
    return "is one of Portero's own: give it another name";
  }
  if (name === 'role') {
    if (!v.is(Constant, claim)) return 'is the role, which can only be a constant text';
    claims.role = claim;
    return undefined;
  }
  if (typeof claim === 'string') {
    if (!v.is(TextClaim, claim)) return `is no text that holds only ${named(PLACEHOLDERS)}`;
    claims.texts.push([name, claim]);
    return undefined;
  }
  const list = v.safeParse(ListClaim, claim);
  if (!list.success) {
    return `is neither a text nor {"each": …, "actions": …} with ${named(PERMISSION_PLACEHOLDERS)}`;
  }
  claims.lists.push([name, list.output]);
  return undefined;
}

const named = (placeholders: readonly string[]) =>
  placeholders.map((name) => `{${name}}`).join(', ');

/** Whether a text has these placeholders and no other brace. */
function hasOnly(text: string, placeholders: readonly string[]): boolean {
  const rest = text.replace(PLACEHOLDER, (all, name) => (placeholders.includes(name) ? '' : all));
  return !/[{}]/.test(rest) && text.isWellFormed();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const refuse = (problem: string) => fail('claims_refused', { problem });

/** What the texts are made of. */
export interface ClaimSource {
  values: Record<Placeholder, string>;
  /** An administrator's are all that there are. */
  permissions: string[];
}

/** Makes the claims of one token, without `role`. The names are in the order of the setting, the texts first. */
export function fillIn(
  { texts, lists }: AddedClaims,
  { values, permissions }: ClaimSource,
): Record<string, string | string[]> {
  return Object.fromEntries([
    ...texts.map(([name, template]) => [name, replaceIn(template, values)]),
    ...lists.map(([name, list]) => {
      const renamed = permissions.map((text) => renamePermission(text, list));
      return [name, [...new Set(renamed)].sort()];
    }),
  ]);
}

/** The text of a permission in a list. */
export function renamePermission(permission: string, { each, actions }: PermissionList): string {
  const [module = '', action = ''] = permission.split('.');
  return replaceIn(each, { module, action: actions[action as Action] ?? action });
}

/** In one pass, so that a user's name that looks like a placeholder stays as it is. */
function replaceIn(template: string, values: Record<string, string>): string {
  return template.replace(PLACEHOLDER, (_, name: string) => values[name] ?? '');
}
