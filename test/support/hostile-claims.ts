/** Claims of a token that nobody may accept, whoever has signed it. */
import { validClaims } from './tokens.ts';

/** Seconds since 1970. */
export const NOW = Math.floor(Date.now() / 1000);

/** Values that no claim has. */
const WRONG_VALUES = [null, true, false, 0, 1.5, '', 'x', [], ['x'], {}, { x: 1 }];

const CLAIMS = Object.keys(validClaims()) as (keyof ReturnType<typeof validClaims>)[];

/** Of a wrong type, or of the right one and not the value that is wanted. */
const WRONG_CLAIMS: [string, object][] = CLAIMS.flatMap((claim) =>
  [undefined, ...WRONG_VALUES]
    .filter((value) => !isAllowed(claim, value))
    .map((value): [string, object] => [`${claim}: ${JSON.stringify(value)}`, { [claim]: value }]),
);

function isAllowed(claim: string, value: unknown): boolean {
  if (claim === 'permissions') return Array.isArray(value);
  if (['sub', 'name', 'role', 'jti'].includes(claim)) return value === 'x';
  return false;
}

const TIMES: [string, object][] = [
  ['expired 6 s ago', { iat: NOW - 1806, nbf: NOW - 1806, exp: NOW - 6 }],
  ['long expired', { iat: 0, nbf: 0, exp: 1800 }],
  ['issued in 10 s', { iat: NOW + 10, nbf: NOW + 10, exp: NOW + 1810 }],
  ['valid from in 10 s', { nbf: NOW + 10 }],
  ['valid before it was issued', { iat: NOW, nbf: NOW - 1 }],
  ['a second too long', { exp: NOW + 1801 }],
  ['a year long', { exp: NOW + 31_536_000 }],
  ['of no length', { iat: NOW, nbf: NOW, exp: NOW }],
  ['of a negative length', { iat: NOW, nbf: NOW, exp: NOW - 1 }],
  ['in milliseconds', { iat: NOW * 1000, nbf: NOW * 1000, exp: NOW * 1000 + 1800 }],
  ['beyond every date', { exp: 1e300 }],
  ['with fractions', { iat: NOW + 0.5, nbf: NOW + 0.5, exp: NOW + 1800.5 }],
  ['in negative time', { iat: -1800, nbf: -1800, exp: 0 }],
];

const OTHER_CLAIMS: [string, object][] = [
  ['audiences in a list', { aud: [validClaims().aud] }],
  ['several audiences', { aud: [validClaims().aud, 'x'] }],
  ['an issuer with a slash', { iss: `${validClaims().iss}/` }],
  ['an issuer in capitals', { iss: validClaims().iss.toUpperCase() }],
  ['an administrator with permissions', { admin: true }],
  ['neither', { permissions: undefined }],
  ['admin: false', { admin: false, permissions: undefined }],
  ['admin: 1', { admin: 1, permissions: undefined }],
  ['admin: "true"', { admin: 'true', permissions: undefined }],
  ['admin in a list', { admin: [true], permissions: undefined }],
  ['permissions out of order', { permissions: ['b.read', 'a.read'] }],
  ['permissions twice', { permissions: ['a.read', 'a.read'] }],
  ['permissions of numbers', { permissions: [1] }],
  ['permissions of null', { permissions: [null] }],
  ['permissions in an object', { permissions: { 0: 'users.list', length: 1 } }],
  ['nothing but padding', { padding: 'x'.repeat(8192) }],
  ['a deep nest', { deep: JSON.parse(`${'['.repeat(3000)}${']'.repeat(3000)}`) }],
];

/** With a name for people. */
export const HOSTILE_CLAIMS = [...WRONG_CLAIMS, ...TIMES, ...OTHER_CLAIMS];
