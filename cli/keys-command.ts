/**
 * The commands `keys …`.
 *
 * @module
 */
import { type Command, Option } from 'commander';
import { PAIR_ALGORITHMS, type PairAlgorithm } from '#portero/internal/verification-key.ts';
import type { Run } from './exit-code.ts';

export function addKeysCommand(program: Command, run: Run): void {
  const keys = program
    .command('keys')
    .description('make the key pair that signs tokens (npm run --silent portero -- keys …)');
  keys
    .command('generate')
    .description('print a new private key, for JWT_PRIVATE_KEY')
    .addOption(
      new Option('--alg <algorithm>', 'its algorithm').choices(PAIR_ALGORITHMS).default('ES256'),
    )
    .action(({ alg }: { alg: PairAlgorithm }) =>
      run(async () => (await import('./keys.ts')).generateKey(alg)),
    );
  keys
    .command('public')
    .description('print the public key of a private one, which is read from standard input')
    .action(() => run(async () => (await import('./keys.ts')).printPublicKey()));
}
