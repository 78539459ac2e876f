/**
 * Password hashes of other systems, told by their look.
 *
 * @module
 */

/**
 * What made a hash, and how its text looks. The first one that fits counts.
 *
 * - crypt(5) of libxcrypt has the prefixes of Unix, and with them those of bcrypt and scrypt.
 * - The PHC string format has those of Argon2 and `$scrypt$`. Passlib's documentation has `$pbkdf2-sha256$` and phpass.
 * - Django writes the name of its hasher before the first `$`: django/contrib/auth/hashers.py. A password that cannot be
 *   used is `!` and 40 characters. Werkzeug writes `method:parameters$salt$hash`: werkzeug/security.py.
 * - Microsoft's guide from Membership to Identity writes `password|format|salt`. Others leave out the format.
 * - RFC 2307 has the prefixes in braces. Spring Security writes its own in the same way.
 * - WordPress has `$wp$2y$` since 6.8, and phpass before. Drupal 7 has `$S$`.
 */
const LOOKS: [name: string, look: RegExp][] = [
  ['Django', /^(?:pbkdf2_sha\d+|argon2|bcrypt|bcrypt_sha256|scrypt|sha1|md5|unsalted_md5|crypt)\$/],
  ['Django', /^![A-Za-z0-9]{40}$/],
  ['Werkzeug', /^(?:scrypt:\d+:\d+:\d+|pbkdf2:\w+(?::\d+)?)\$/],
  ['bcrypt', /^\$(?:wp\$)?2[abxy]?\$\d\d\$/],
  ['Argon2', /^\$argon2(?:id|i|d)\$/],
  ['scrypt', /^(?:\$(?:scrypt|s0|7)\$|scrypt:)/],
  ['phpass', /^\$[PH]\$/],
  ['Drupal', /^U?\$S\$/],
  ['PBKDF2 of another system', /^\$?pbkdf2[-_:$]/i],
  ['Unix crypt', /^\$(?:1|3|5|6|y|gy|apr1|md5|sha1)[$,]/],
  ['LDAP or Spring', /^\{[A-Za-z][\w.@-]{1,40}\}/],
  ['ASP.NET Membership', /^[^|]+\|(?:[012]\|)?[A-Za-z0-9+/]{16,}={0,2}$/],
  ['MD5, SHA-1 or SHA-2', /^(?:0x)?(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})$/i],
  // 16, 20, 32 or 64 bytes with their padding. The beginning of a longer hash has no padding at its end. `AQAAAA` begins
  // version 3 of Identity.
  [
    'MD5, SHA-1 or SHA-2',
    /^(?!AQAAAA)(?:[A-Za-z0-9+/]{22}==|[A-Za-z0-9+/]{27}=|[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==)$/,
  ],
];

/**
 * Tells by its look which system has made a hash.
 *
 * ```ts
 * otherSystemOf('$2y$12$…'); // bcrypt
 * ```
 *
 * @param text no hash that Portero reads
 * @returns `undefined` where the look is unknown
 */
export function otherSystemOf(text: string): string | undefined {
  return LOOKS.find(([, look]) => look.test(text))?.[0];
}
