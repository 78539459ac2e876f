/** Tokens for the programs of other services: one that is right, and those that each of them has to refuse. */
import { calculateJwkThumbprint, exportSPKI, importJWK, type JWTPayload, SignJWT } from 'jose';
import { PAIR_ALGORITHMS, type PairAlgorithm } from '#portero/internal/verification-key.ts';
import { makePair, type TestPair } from './key-pairs.ts';
import { AUDIENCE, ISSUER, type Pairs, SECRET } from './live-portero.ts';
import { encode, hmac, signText, validClaims } from './tokens.ts';

type Key = Parameters<SignJWT['sign']>[0];
/** With a name for people. */
type NamedToken = [string, string];

const now = () => Math.floor(Date.now() / 1000);
const bytes = (text: string) => new TextEncoder().encode(text);

const rightClaims = () => ({
  ...validClaims(),
  iss: ISSUER,
  aud: AUDIENCE,
  permissions: ['invoices.list'],
});

interface Signer {
  header: { alg: string; kid: string };
  key: Key;
}

/** @param claims those that differ from a right token's, as do those of the header */
function sign({ header, key }: Signer, claims: JWTPayload = {}, headers = {}): Promise<string> {
  return new SignJWT({ ...rightClaims(), ...claims })
    .setProtectedHeader({ ...header, typ: 'JWT', ...headers })
    .sign(key);
}

async function signerOf({ jwk }: TestPair, kid?: string): Promise<Signer> {
  const { alg = '' } = jwk;
  const header = { alg, kid: kid ?? (await calculateJwkThumbprint(jwk)) };
  return { header, key: await importJWK(jwk, alg) };
}

export const secretSigner: Signer = { header: { alg: 'HS256', kid: 'secret' }, key: bytes(SECRET) };

/** @returns a right token of a pair, or of the secret */
export async function rightToken(pairs: Pairs, alg: PairAlgorithm | 'HS256', claims = {}) {
  return sign(alg === 'HS256' ? secretSigner : await signerOf(pairs[alg]), claims);
}

const WRONG_CLAIMS: [string, () => JWTPayload][] = [
  ['expired for 30 seconds', () => ({ exp: now() - 30 })],
  ['without an end', () => ({ exp: undefined })],
  ['that begins in a minute', () => ({ nbf: now() + 60 })],
  ['of another issuer', () => ({ iss: 'https://login.attacker.example' })],
  ['of an issuer with a slash more', () => ({ iss: `${ISSUER}/` })],
  ['without an issuer', () => ({ iss: undefined })],
  ['for another audience', () => ({ aud: 'another-service' })],
  ['without an audience', () => ({ aud: undefined })],
];

/** What is wrong with whatever key signs. */
async function wrongInAnyAlgorithm(signer: Signer): Promise<NamedToken[]> {
  const right = await sign(signer);
  const [header = '', payload = '', signature = ''] = right.split('.');
  const otherPayload = encode(bytes(JSON.stringify({ ...rightClaims(), admin: true })));
  const otherSignature = `${signature[0] === 'A' ? 'B' : 'A'}${signature.slice(1)}`;
  const none = (alg: string) =>
    encode(bytes(JSON.stringify({ ...signer.header, typ: 'JWT', alg })));
  const claims = WRONG_CLAIMS.map(
    async ([name, change]): Promise<NamedToken> => [name, await sign(signer, change())],
  );
  return [
    ...(await Promise.all(claims)),
    ['of another type', await sign(signer, {}, { typ: 'at+jwt' })],
    ['without a type', await sign(signer, {}, { typ: undefined })],
    ['with other claims than were signed', `${header}.${otherPayload}.${signature}`],
    ['with another signature', `${header}.${payload}.${otherSignature}`],
    ['without a signature', `${header}.${payload}.`],
    ['of the algorithm none', `${none('none')}.${payload}.`],
    ['of the algorithm nOnE', `${none('nOnE')}.${payload}.`],
    ['of the algorithm none, with a signature', `${none('none')}.${payload}.${signature}`],
    ['that is no token', 'a.b.c'],
    ['that is a word', 'null'],
  ];
}

/** @param alg the algorithm that the program expects */
export async function refusedOfPairs(pairs: Pairs, alg: PairAlgorithm): Promise<NamedToken[]> {
  const signer = await signerOf(pairs[alg]);
  const { kid } = signer.header;
  const attacker = await makePair(alg);
  const attackers = await signerOf(attacker, kid);
  const jwk = JSON.parse(attacker.publicKey);
  const others = PAIR_ALGORITHMS.filter((other) => other !== alg).map(
    async (other): Promise<NamedToken> => [
      `of the published key of ${other}`,
      await sign(await signerOf(pairs[other])),
    ],
  );
  return [
    ...(await wrongInAnyAlgorithm(signer)),
    ...(await Promise.all(others)),
    ['of another key under the same kid', await sign(attackers)],
    ['of another key under its own kid', await sign(await signerOf(attacker))],
    ['of a key that it brings along', await sign(attackers, {}, { jwk })],
    [
      'of a key that it brings along, without a kid',
      await sign(attackers, {}, { jwk, kid: undefined }),
    ],
    ...(await signedWithPublicKey(pairs[alg], signer.header)),
  ];
}

/** An HMAC whose secret everybody can read. */
async function signedWithPublicKey(
  { publicKey, jwk }: TestPair,
  { alg, kid }: Signer['header'],
): Promise<NamedToken[]> {
  const publicJwk = JSON.parse(publicKey);
  const { alg: _, ...numbers } = publicJwk;
  const pem = await exportSPKI(
    (await importJWK(publicJwk, alg, { extractable: true })) as CryptoKey,
  );
  const secrets: [string, string | Uint8Array][] = [
    ['its JSON', publicKey],
    ['its JSON, as it is published', JSON.stringify({ ...numbers, kid, alg, use: 'sig' })],
    ['its PEM', pem],
    ['its PEM and a line break', `${pem}\n`],
    ['its x or n', jwk.x ?? jwk.n ?? ''],
  ];
  const named = (name: string) => JSON.stringify({ alg: name, typ: 'JWT', kid });
  const payload = JSON.stringify(rightClaims());
  const tokens = ['HS256', alg].flatMap((name) =>
    secrets.map(
      async ([form, secret]): Promise<NamedToken> => [
        `of HMAC with the public key (${form}), called ${name}`,
        await signText(named(name), payload, await hmac(secret)),
      ],
    ),
  );
  return Promise.all(tokens);
}

/** For a program that holds the secret. */
export async function refusedOfSecret(pairs: Pairs): Promise<NamedToken[]> {
  const { header } = secretSigner;
  const otherSecret = { header, key: bytes('x'.repeat(40)) };
  const claims = JSON.stringify(rightClaims());
  const ofHash = async (alg: string, hash: string) =>
    signText(JSON.stringify({ ...header, typ: 'JWT', alg }), claims, await hmac(SECRET, hash));
  return [
    ...(await wrongInAnyAlgorithm(secretSigner)),
    ['of another secret', await sign(otherSecret)],
    ['of HS384', await ofHash('HS384', 'SHA-384')],
    ['of HS512', await ofHash('HS512', 'SHA-512')],
    ['of a key pair', await sign(await signerOf(pairs.ES256))],
  ];
}
