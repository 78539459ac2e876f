/** What an import makes of `PasswordHash`: a hash, no hash, or a sentence that says what is wrong. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ITERATIONS_PER_LAYER, LAYERS } from '#password/cost.ts';
import { toImportedUser } from '../../cli/import/row/imported-user.ts';
import vectors from '../../docs/password-hash-vectors.json' with { type: 'json' };
import { parseStoredHash } from '../../src/password/stored-hash.ts';
import { expectValue } from '../support/expect-value.ts';
import { identityHash, PRFS, version3Header } from '../support/identity-hash.ts';

function check(passwordhash: unknown, dropOtherHashes = false) {
  return toImportedUser({ id: 'A1', username: 'ana', passwordhash }, { dropOtherHashes });
}

const fault = (...hash: Parameters<typeof check>) => {
  const result = check(...hash);
  return result.ok ? undefined : result.reason;
};

const textOf = (hash: string) => expectValue(check(hash)).hash?.text;

const VERSION_2 = identityHash('P@ssw0rd!');
const NET_6 = identityHash('P@ssw0rd!', { prf: 'sha256', iterations: 10_000 });
const NET_7 = identityHash('P@ssw0rd!', { prf: 'sha512', iterations: 100_000 });
const DEFAULTS = { 'version 2': VERSION_2, '.NET 6': NET_6, '.NET 7': NET_7 };

const WAY_OUT =
  'With --drop-other-hashes such users arrive without a password, and users set-password sets one';
const CUT =
  'PasswordHash was cut or changed: it is not as long as it has to be. Export the whole column';

describe('a hash is taken', () => {
  test.each(Object.entries(DEFAULTS))('of %s', (_, hash) => {
    const { hash: stored, ...user } = expectValue(check(hash));
    expect(stored).toEqual(expectValue(parseStoredHash(hash)));
    expect(user).not.toHaveProperty('droppedHash');
    expect(textOf(`  ${hash}\r\n`)).toBe(hash);
  });

  test.each(Object.entries(DEFAULTS))(
    'of %s, with line breaks within it, as .NET does',
    (_, hash) => {
      expect(textOf(hash.replace(/.{20}/g, '$&\r\n'))).toBe(hash);
    },
  );

  test.each([
    { prf: 'sha256', iterations: 600_000, saltLength: 16, keyLength: 32 },
    { prf: 'sha512', iterations: 210_000, saltLength: 32, keyLength: 64 },
    { prf: 'sha1', iterations: 10_000, saltLength: 16, keyLength: 20 },
  ] as const)('of one’s own parameters: $iterations times $prf', (own) => {
    const header = version3Header(PRFS.indexOf(own.prf), own.iterations, own.saltLength);
    const saltAndKey = Buffer.alloc(own.saltLength + own.keyLength, 7);
    const hash = Buffer.concat([header, saltAndKey]).toString('base64');
    expect(textOf(hash)).toBe(hash);
  });

  test('of Portero itself', () => {
    for (const { hash } of [...vectors.hashes, ...vectors.wrapped]) {
      const own = hash.replace('i=10000,n=22', `i=${ITERATIONS_PER_LAYER},n=${LAYERS}`);
      expect(textOf(own)).toBe(own);
    }
  });
});

test.each([null, '', '  '])('there is no password where the hash is %j', (hash) => {
  expect(expectValue(check(hash)).hash).toBeNull();
});

describe('a hash that was cut is refused, also where other hashes are left out', () => {
  test.each(Object.entries(DEFAULTS))('of %s, after any of its characters', (_, hash) => {
    // A few characters may be anything.
    const length = fc.integer({ min: 17, max: hash.length - 1 });
    fc.assert(
      fc.property(length, fc.boolean(), (characters, drop) => {
        const reason = fault(hash.slice(0, characters), drop);
        expect([CUT, LOST_PADDING]).toContain(reason);
      }),
    );
  });

  test('where 60 of its 84 characters are left, or it has grown', () => {
    expect(fault(NET_7.slice(0, 60))).toBe(CUT);
    const grown = Buffer.concat([Buffer.from(NET_7, 'base64'), Buffer.alloc(3)]);
    expect(fault(grown.toString('base64'))).toBe(CUT);
    expect(fault(Buffer.alloc(52).toString('base64'))).toBe(CUT);
  });

  test('of one’s own parameters, where it is too short for any of them', () => {
    const own = Buffer.concat([version3Header(2, 200_000, 16), Buffer.alloc(48, 7)]);
    expect(fault(own.toString('base64').slice(0, 50))).toBe(CUT);
    expect(fault(own.toString('base64').slice(0, 70))).toBe(CUT);
  });

  test('of Portero itself', () => {
    expect(fault('$portero$v=1$p=sha512,i=10000,n=22,s=AwMDAwMDAwMDAwMDAwMDAw$meZpAW', true)).toBe(
      CUT,
    );
  });

  test('with a sentence of its own where dots stand for the rest', () => {
    const reason = 'PasswordHash ends with …: it was cut. Export the whole column';
    expect(fault(`${NET_7.slice(0, 20)}…`, true)).toBe(reason);
    expect(fault(`${NET_7.slice(0, 20)}...`, true)).toBe(reason);
  });
});

const LOST_PADDING = 'PasswordHash has lost the = at its end. Export it as text';

describe('a hash that a tool has changed is refused, also where other hashes are left out', () => {
  /** A hash in which every digit beyond letters and numbers occurs. */
  const hash = Buffer.concat([version3Header(2, 100_000, 16), Buffer.alloc(48, 0xfb)])
    .toString('base64')
    .replace(/.(?=.{10}$)/, '/');
  const SPREADSHEET =
    'PasswordHash is an error of a spreadsheet. Export again, and do not save the file with a spreadsheet';
  const QUOTED = 'PasswordHash is a formula or has quotes around it. Export the bare value';
  const ESCAPED =
    'PasswordHash has escapes such as %2B or \\u002B in place of + and /. Export the bare value';
  const BLANKS =
    'PasswordHash has blanks in place of +. Export again without decoding it as a part of a URL';
  const WHITE_SPACE =
    'PasswordHash has blanks or line breaks within it, and is not whole without them. Export the bare value';
  const BASE64URL = 'PasswordHash has - and _ in place of + and /. Export it as standard base64';

  test.each<[string, string, string]>([
    ['an error', '#NAME?', SPREADSHEET],
    ['an error in Spanish', '#¿NOMBRE?', SPREADSHEET],
    ['a missing value', '#N/A', SPREADSHEET],
    ['a wrong value', '#VALUE!', SPREADSHEET],
    ['a formula', `="${hash}"`, QUOTED],
    ['an equals sign', `=${hash}`, QUOTED],
    ['quotes', `"${hash}"`, QUOTED],
    ['an apostrophe', `'${hash}`, QUOTED],
    ['escapes of a URL', encodeURIComponent(hash), ESCAPED],
    ['escapes of .NET', hash.replaceAll('+', '\\u002B'), ESCAPED],
    ['escapes of PHP', hash.replaceAll('/', '\\/'), ESCAPED],
    ['blanks in place of +', hash.replaceAll('+', ' '), BLANKS],
    ['a line break, and cut', `${hash.slice(0, 30)}\n${hash.slice(30, 70)}`, WHITE_SPACE],
    ['base64url', hash.replaceAll('+', '-').replaceAll('/', '_'), BASE64URL],
    [
      'base64url in words',
      Buffer.from(hash, 'base64').toString('base64url').padEnd(84, '='),
      BASE64URL,
    ],
    ['no padding', hash.replaceAll('=', ''), LOST_PADDING],
    ['half of the padding', hash.slice(0, -1), LOST_PADDING],
    ['no padding, version 2', VERSION_2.replaceAll('=', ''), LOST_PADDING],
  ])('%s', (_, changed, reason) => {
    expect(textOf(hash)).toBe(hash);
    expect(fault(changed)).toBe(reason);
    expect(fault(changed, true)).toBe(reason);
  });

  test('blanks in place of + in a hash of one’s own parameters, which is readable without them', () => {
    const own = Buffer.concat([version3Header(2, 200_000, 16), Buffer.alloc(48 + 9, 0xfb)]);
    const changed = own
      .toString('base64')
      .replace('+', ' ')
      .replace('+', ' ')
      .replace('+', ' ')
      .replace('+', ' ');
    expect(parseStoredHash(changed).ok).toBe(true);
    expect(fault(changed)).toBe(BLANKS);
  });
});

describe('a hash of another system is told, and left out where the operator says so', () => {
  const hex = (digits: number) => '0123456789abcdef'.repeat(8).slice(0, digits);
  const DIGEST = 'MD5, SHA-1 or SHA-2';
  const B64 = (bytes: number) => Buffer.alloc(bytes, 0xa5).toString('base64');
  const bcrypt = '10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy';

  test.each<[string, string]>([
    ['bcrypt', `$2a$${bcrypt}`],
    ['bcrypt', `$2b$${bcrypt}`],
    ['bcrypt', `$2y$${bcrypt}`],
    ['bcrypt', `$wp$2y$${bcrypt}`],
    ['Argon2', '$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b9dWRWJTmaaJObG'],
    [
      'Argon2',
      '$argon2i$v=19$m=16,t=2,p=1$c29tZXNhbHQ$IMit9qkFULCMA/ViizL57cnTLOa5DiVM9eMwpAvPwr4',
    ],
    [
      'scrypt',
      '$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E',
    ],
    ['scrypt', '$7$C6..../....SodiumChloride$kBGj9fHznVYFQMEn/qDCfrDevf9YDtcDdKvEqHJLV8D'],
    ['scrypt', '$s0$e0801$epIxT/h6HbbwHaehFnh/bw==$7H0vsXlY8UxxyW/BWx/9GuY7jEvGjT71GFd6O4SZND0='],
    ['Werkzeug', `scrypt:32768:8:1$pyMfKdIqwYxw0GOT$${hex(128)}`],
    ['Werkzeug', `pbkdf2:sha256:600000$pyMfKdIqwYxw0GOT$${hex(64)}`],
    ['Django', `pbkdf2_sha256$870000$XjU4uJ5mRQ0aGRk7WwWGyo$${B64(32)}`],
    ['Django', `pbkdf2_sha1$870000$XjU4uJ5mRQ0aGRk7WwWGyo$${B64(20)}`],
    [
      'Django',
      'argon2$argon2id$v=19$m=102400,t=2,p=8$c29tZXNhbHQ$RdescudvJCsgt3ub+b9dWRWJTmaaJObG',
    ],
    ['Django', `bcrypt_sha256$$2b$12$${bcrypt.slice(3)}`],
    ['Django', `scrypt$XjU4uJ5m$16384$8$1$${B64(64)}`],
    ['Django', `md5$salt$${hex(32)}`],
    ['Django', `!${'aB3'.repeat(14).slice(0, 40)}`],
    ['phpass', '$P$Bp.ZDNMM98mGNxCtHSkc1DqdRPXeoR.'],
    ['phpass', '$H$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0'],
    ['Drupal', '$S$DxVn7wubSRzoK9X2pkGx4njeDRkLEgdqPphc2ZXkkb8Viy8JEGf3'],
    [
      'PBKDF2 of another system',
      '$pbkdf2-sha256$29000$N2YMIWQsBWBMae09x1jrPQ$1t8iyB2A.WF/Z5JZv.lfCIhXXN33N23OSgQYThBYRfk',
    ],
    ['Unix crypt', '$1$salt$qJH7.N4xYta3aEG/dfqo/0'],
    ['Unix crypt', '$5$rounds=5000$usesomesillystri$KqJWpanXZHKq2BOB43TSaYhEWsQ1Lr5QNyPCDH/Tp.6'],
    ['Unix crypt', `$6$saltstring$${'a'.repeat(86)}`],
    ['Unix crypt', '$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7'],
    ['Unix crypt', '$apr1$salt$4ebtCCBOFfEKP4bZuRrSh/'],
    ['LDAP or Spring', '{SSHA}sQuQF8vj8Eg2Y1hPdh3bkQhCKQBgjhQI'],
    ['LDAP or Spring', '{CRYPT}$1$gwvn5BO0$3dyk8j.UTcsNUPrLMsU6/0'],
    ['LDAP or Spring', `{bcrypt}$2a$${bcrypt}`],
    ['LDAP or Spring', '{PBKDF2-SHA256}10000$abc'],
    ['ASP.NET Membership', `${B64(20)}|1|${B64(16)}`],
    ['ASP.NET Membership', `${B64(32)}|${B64(16)}`],
    ['ASP.NET Membership', `a clear password|0|${B64(16)}`],
    [DIGEST, hex(32)],
    [DIGEST, hex(40).toUpperCase()],
    [DIGEST, hex(64)],
    [DIGEST, `0x${hex(128)}`],
    [DIGEST, 'AA'.repeat(32)], // base64 of 48 bytes that begin with 00, too
    [DIGEST, B64(16)],
    [DIGEST, B64(20)],
    [DIGEST, B64(32)],
    [DIGEST, B64(64)],
    [DIGEST, Buffer.alloc(20).toString('base64')],
  ])('%s: %s', (kind, hash) => {
    expect(fault(hash)).toBe(
      `PasswordHash was made with ${kind}, which Portero cannot verify. ${WAY_OUT}`,
    );
    expect(expectValue(check(hash, true))).toMatchObject({ hash: null, droppedHash: kind });
  });

  test.each([
    'P@ssw0rd!',
    'Andres123',
    'secret',
    Buffer.alloc(61, 3).toString('base64'),
    Buffer.from('01ff00000000', 'hex').toString('base64'),
    Buffer.alloc(9).toString('base64'),
  ])('and so is what looks like no hash at all: %s', (hash) => {
    expect(fault(hash)).toBe(`PasswordHash is no hash of ASP.NET Core Identity. ${WAY_OUT}`);
    expect(expectValue(check(hash, true))).toMatchObject({ hash: null, droppedHash: 'unknown' });
  });

  const version3 = (iterations: number, saltLength: number, keyLength: number) =>
    Buffer.concat([
      version3Header(2, iterations, saltLength),
      Buffer.alloc(saltLength + keyLength, 7),
    ]).toString('base64');

  test.each([
    version3(1_000_001, 16, 32),
    version3(4_000_000_000, 16, 32),
    version3(1_000_000, 16, 129),
    version3(100_000, 16, 4096),
    version3(1, 16, 1025),
    version3(1, 1025, 16),
  ])('and so is one of Identity that costs too much', (hash) => {
    expect(fault(hash)).toBe(
      'PasswordHash costs too much to verify: Portero verifies up to 1,000,000 iterations, and salts and keys of up to ' +
        `1,024 bytes. ${WAY_OUT}`,
    );
    expect(expectValue(check(hash, true))).toMatchObject({
      hash: null,
      droppedHash: 'Identity, too costly',
    });
  });
});

test('no text makes a hash that the login cannot read, and no reason holds a part of one', () => {
  const base64 = fc
    .uint8Array({ maxLength: 80 })
    .map((bytes) => Buffer.from(bytes).toString('base64'));
  const identity = fc
    .record({
      prf: fc.integer({ min: 0, max: 3 }),
      iterations: fc.nat(),
      salt: fc.nat(40),
      rest: fc.uint8Array({ maxLength: 80 }),
    })
    .map(({ prf, iterations, salt, rest }) =>
      Buffer.concat([version3Header(prf, iterations, salt), rest]).toString('base64'),
    );
  fc.assert(
    fc.property(fc.oneof(fc.string(), base64, identity), fc.boolean(), (text, drop) => {
      const result = check(text, drop);
      if (result.ok) {
        const { hash } = result.value;
        if (hash !== null) expect(expectValue(parseStoredHash(hash.text))).toEqual(hash);
      } else if (text.trim().length > 8) expect(result.reason).not.toContain(text.trim());
    }),
    { numRuns: 2000 },
  );
});
