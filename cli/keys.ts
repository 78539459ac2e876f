/**
 * `keys generate` and `keys public`: the key pairs that sign tokens, as JSON Web Keys (RFC 7517).
 *
 * Each prints one line on standard output and nothing else, so that it can be piped to `wrangler secret put`.
 *
 * @module
 */
import { exportJWK, generateKeyPair } from 'jose';
import type { PairAlgorithm } from '#portero/internal/verification-key.ts';
import { readPrivateKey } from '../src/token/private-key.ts';
import { OperatorError } from './operator-error.ts';
import { printLine } from './print.ts';
import { readStdin } from './stdin.ts';

/** Prints a new private key. Nobody else has it: keep it as you keep a password. */
export async function generateKey(alg: PairAlgorithm): Promise<void> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  printLine(JSON.stringify({ ...(await exportJWK(privateKey)), alg, use: 'sig' }));
}

/** Prints the public key of the private key on standard input. @throws OperatorError where it is none */
export async function printPublicKey(): Promise<void> {
  if (process.stdin.isTTY) {
    throw new OperatorError('Give the private key on standard input: keys public < FILE');
  }
  const pair = await readPrivateKey(await readStdin('private key'));
  if (!pair.ok) throw new OperatorError(`Standard input ${pair.details.problem}.`);
  printLine(JSON.stringify(pair.value.publicKey.jwk));
}
