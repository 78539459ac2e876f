/** Tokens of an attacker, for a key of any algorithm. */
import { importJWK } from 'jose';
import { ALGORITHMS, type Algorithm, PAIR_ALGORITHMS } from '#portero/internal/verification-key.ts';
import { HOSTILE_CLAIMS, NOW } from './hostile-claims.ts';
import { makePair } from './key-pairs.ts';
import { encode, hmac, signText, validClaims } from './tokens.ts';

const json = (value: unknown) => JSON.stringify(value);

export interface Signer {
  header: { alg: Algorithm; typ: string; kid: string };
  /** Signs any two texts with the key. */
  sign(header: string, payload: string): Promise<string>;
  /** What a library might take for the key of HMAC: of a pair the public key in several forms, and a secret itself. */
  secrets: (string | Uint8Array)[];
}

/** With a name for people. */
export type HostileToken = [string, () => Promise<string>];

/** A token whose claims differ from right ones. It is signed by hand, because jose refuses to make some of them. */
export function forgeAny({ header, sign }: Signer, claims: object): Promise<string> {
  return sign(json(header), json({ ...validClaims(NOW), ...claims }));
}

export function hostileTokens(signer: Signer): HostileToken[] {
  const { header, sign } = signer;
  const right = () => forgeAny(signer, {});
  return [
    ...HOSTILE_CLAIMS.map(
      ([name, claims]): HostileToken => [`claims: ${name}`, () => forgeAny(signer, claims)],
    ),
    ...HEADERS_OF_TOKENS.filter(([, change]) => !isSameAlgorithm(change, header)).map(
      ([name, change]): HostileToken => [
        `header: ${name}`,
        () => sign(json({ ...header, ...change }), json(validClaims(NOW))),
      ],
    ),
    ...spoilt(signer),
    ...signedByOthers(signer),
    ...MANGLED.map(([name, mangle]): HostileToken => [name, async () => mangle(await right())]),
  ];
}

const isSameAlgorithm = (change: { alg?: unknown }, { alg }: Signer['header']) =>
  change.alg === alg;

const jwk = { kty: 'oct', k: encode(new TextEncoder().encode('attacker')), alg: 'HS256' };

const HEADERS_OF_TOKENS: [string, object][] = [
  ...['none', 'None', 'HS384', 'HS512', 'hs256', 'RS256', 'ES256', 'PS256', 'EdDSA', ''].map(
    (alg): [string, object] => [`alg: ${json(alg)}`, { alg }],
  ),
  ...[undefined, null, 256, ['HS256'], {}].map((alg): [string, object] => [
    `alg: ${json(alg)}`,
    { alg },
  ]),
  ...[
    undefined,
    null,
    '',
    'jwt',
    'application/jwt',
    'at+jwt',
    'JWS',
    'JWT ',
    'application/jwt+x',
    1,
    ['JWT'],
  ].map((typ): [string, object] => [`typ: ${json(typ)}`, { typ }]),
  ...[
    undefined,
    null,
    '',
    'x',
    0,
    [],
    {},
    '../../etc/passwd',
    "' or 1=1 --",
    '__proto__',
    '😀',
  ].map((kid): [string, object] => [`kid: ${json(kid)}`, { kid }]),
  ['an embedded key', { jwk, kid: undefined }],
  ['an embedded key beside the kid', { jwk, alg: 'none' }],
  ['a key elsewhere', { jku: 'https://attacker.example/keys', kid: 'attacker' }],
  ['a certificate elsewhere', { x5u: 'https://attacker.example/cert', kid: 'attacker' }],
  ['a critical extension', { crit: ['exp'], exp: NOW }],
  ['an unknown critical extension', { crit: ['https://attacker.example'] }],
  ['an empty crit', { crit: [] }],
  ['b64: false', { crit: ['b64'], b64: false }],
  ['b64: true', { crit: ['b64'], b64: true }],
  ['anything that is not ours', { x: 1 }],
  ['compression', { zip: 'DEF', crit: ['zip'] }],
  ["an encrypted token's header", { alg: 'dir', enc: 'A256GCM' }],
];

/** What is signed is JSON of another form, or no JSON. */
const spoilt = ({ header, sign }: Signer): HostileToken[] => [
  ...[
    'null',
    '[]',
    '"x"',
    '1',
    '{',
    '',
    ' ',
    '{"exp":1}{"exp":2}',
    '\ufeff{}',
    '{"sub":"a","sub":"b"}',
  ].map(
    (payload): HostileToken => [
      `with the payload ${json(payload)}`,
      () => sign(json(header), payload),
    ],
  ),
  ...['null', '[]', '"x"', '{', '', '{"alg":"HS256"}', '{"alg":"none","alg":"HS256"}'].map(
    (text): HostileToken => [
      `with the header ${json(text)}`,
      () => sign(text, json(validClaims())),
    ],
  ),
  ...['sub', 'exp', 'admin', 'permissions'].map(
    (name): HostileToken => [
      `with ${name} twice, the last one right`,
      () => {
        const claims = { admin: undefined, ...validClaims(NOW) };
        const value = name === 'admin' ? '' : json({ [name]: claims[name as 'sub'] }).slice(1, -1);
        const payload = json(name === 'admin' ? { ...claims, permissions: undefined } : claims);
        const last = name === 'admin' ? '"admin":true' : value;
        return sign(
          json(header),
          payload.replace('{', `{"${name}":0,`).replace(/\}$/, `,${last}}`),
        );
      },
    ],
  ),
  ['with alg twice', () => sign(json(header).replace('{', '{"alg":"none",'), json(validClaims()))],
  ['with a byte order mark', () => sign(json(header), `\ufeff${json(validClaims())}`)],
  ['with white space', () => sign(json(header), JSON.stringify(validClaims(), null, 1))],
  [
    'with an escape more',
    () => sign(json(header), json(validClaims()).replace('jdoe', '\\u006adoe')),
  ],
  [
    'with exp twice, the last one fresh',
    () =>
      sign(
        json(header),
        json(validClaims())
          .replace('{', `{"exp":${NOW + 99_999},`)
          .replace(/"exp":\d{10},"jti"/, `"exp":${NOW + 5000},"jti"`),
      ),
  ],
];

/** Right in everything but for the signature: by other keys, under the name of this one. */
function signedByOthers({ header, secrets }: Signer): HostileToken[] {
  const claims = json(validClaims(NOW));
  const attackers = PAIR_ALGORITHMS.flatMap((alg) =>
    ALGORITHMS.map(
      (named): HostileToken => [
        `of another pair of ${alg} that is called ${named}`,
        async () => {
          const pair = await attackersPair(alg);
          return signText(json({ ...header, alg: named }), claims, pair.key);
        },
      ],
    ),
  );
  const names = new Set(['HS256', 'HS384', 'HS512', header.alg]);
  const macs = ['x'.repeat(40), '\0', ...secrets].flatMap((secret, index) =>
    ['SHA-256', 'SHA-384', 'SHA-512', 'SHA-1'].flatMap((hash) =>
      [...names].map((alg) => ({ secret, index, hash, alg })),
    ),
  );
  const isRight = ({ secret, hash, alg }: (typeof macs)[number]) =>
    header.alg === 'HS256' && secrets.includes(secret) && hash === 'SHA-256' && alg === 'HS256';
  const ofSecrets = macs
    .filter((mac) => !isRight(mac))
    .map(
      ({ secret, index, hash, alg }): HostileToken => [
        `of HMAC-${hash} that is called ${alg}, by secret ${index}`,
        async () => signText(json({ ...header, alg }), claims, await hmac(secret, hash)),
      ],
    );
  const embedded: HostileToken = [
    'of a pair that it brings along',
    async () => {
      const pair = await attackersPair('ES256');
      return signText(json({ ...header, alg: 'ES256', jwk: pair.publicJwk }), claims, pair.key);
    },
  ];
  return [...attackers, ...ofSecrets, embedded];
}

/** The same one for every token, because a pair of RSA takes long to make. */
async function attackersPair(alg: (typeof PAIR_ALGORITHMS)[number]) {
  attackersPairs[alg] ??= makePair(alg);
  const pair = await attackersPairs[alg];
  const key = (await importJWK(pair.jwk, alg)) as CryptoKey;
  return { key, publicJwk: JSON.parse(pair.publicKey) };
}

const attackersPairs: Partial<Record<Algorithm, ReturnType<typeof makePair>>> = {};

const MANGLED: [string, (token: string) => string][] = [
  ['cut short by one', (token) => token.slice(0, -1)],
  ['cut short by ten', (token) => token.slice(0, -10)],
  ['without its signature', (token) => token.slice(0, token.lastIndexOf('.') + 1)],
  ['without its last part', (token) => token.slice(0, token.lastIndexOf('.'))],
  ['without its first part', (token) => token.slice(token.indexOf('.') + 1)],
  ['in another order', (token) => token.split('.').reverse().join('.')],
  ['with its parts turned', (token) => [1, 0, 2].map((part) => token.split('.')[part]).join('.')],
  ['with a part more', (token) => `${token}.${token.split('.')[2]}`],
  ['with an empty part', (token) => token.replace('.', '..')],
  ['twice', (token) => `${token}.${token}`],
  ['in small letters', (token) => token.toLowerCase()],
  ['with padding', (token) => `${token}=`],
  ['with a space', (token) => token.replace('.', ' .')],
  ['with a tab', (token) => token.replace('.', '\t.')],
  ['with a line break escaped', (token) => `${token}%0a`],
  ['with a NUL escaped', (token) => `${token}%00`],
  ['with a comma behind', (token) => `${token},`],
  ['in quotation marks', (token) => `"${token}"`],
  ['after itself', (token) => `${token}, Bearer ${token}`],
  ['after a second scheme', (token) => `Bearer ${token}`],
  [
    'of plain base64',
    (token) => token.replaceAll('-', '+').replaceAll('_', '/').replace('.', '+.'),
  ],
  ['with unused bits set', (token) => token.slice(0, -1) + withLastBit(token.slice(-1))],
  ['as JSON', (token) => json({ token }).replaceAll(' ', '')],
  ['nothing but dots', () => '...'],
  ['two dots', () => '..'],
  ['a word', () => 'null'],
  ['a path', () => '../../../../etc/passwd'],
  ['a number', () => '1'],
  ['of 8,193 characters', (token) => token.padEnd(8193, 'x')],
  ['of dots alone, thousands', () => '.'.repeat(8000)],
  ...[0, 1, 2].flatMap((part): [string, (token: string) => string][] =>
    [0, 5, 9].map((at) => [
      `with character ${at} of part ${part} changed`,
      (token) => {
        const parts = token.split('.');
        const text = parts[part] ?? '';
        parts[part] = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
        return parts.join('.');
      },
    ]),
  ),
];

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function withLastBit(character: string): string {
  return ALPHABET[ALPHABET.indexOf(character) ^ 1] ?? '';
}
