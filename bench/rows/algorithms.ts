/**
 * What the algorithm of the tokens costs a login, and a request whose token the isolate has not seen before. Each is beside
 * HS256, with which nothing can be shared.
 *
 * @module
 */
import { importSecretKey } from '#portero/internal/secret-key.ts';
import { PAIR_ALGORITHMS, type PairAlgorithm } from '#portero/internal/verification-key.ts';
import { readPrivateKey } from '../../src/token/private-key.ts';
import type { SigningKey } from '../../src/token/sign.ts';
import { expectValue } from '../../test/support/expect-value.ts';
import { makePair } from '../../test/support/key-pairs.ts';
import type { Bed } from '../bed/bed.ts';
import { issueTokensBy } from '../bed/tokens.ts';
import { PERMISSIONS } from '../bed/users.ts';
import type { Workerd } from '../bed/workerd.ts';
import { inRounds } from '../load/rounds.ts';
import { measureThroughput } from '../load/throughput.ts';
import { beside, type Measurement, type Row } from '../report/row.ts';
import { sampleLogin } from './login.ts';

const LOGIN_ROUNDS = 20;
const VERIFICATION_ROUNDS = 6;
const SLICE_MS = 150;

/** More than a core can verify in a slice. To sign them takes longer than to send them. */
const TOKENS = 1_500;

const PATH = '/api/Users/me';

/** A Worker, and the key that signs its tokens. */
interface Subject {
  workerd: Workerd;
  signingKey: SigningKey;
}

export async function measureAlgorithms(bed: Bed): Promise<Measurement> {
  if (bed.isQuick) return { rows: [], notes: ['A quick run leaves out the algorithms.'] };
  const secret = {
    workerd: await bed.start({ portero: bed.portero() }),
    signingKey: await importSecretKey(bed.jwtSecret),
  };
  const rows: Row[] = [];
  for (const algorithm of PAIR_ALGORITHMS) {
    const pair = await startWithPair(bed, algorithm);
    rows.push(await measureLogins(bed, algorithm, pair, secret));
    rows.push(await measureVerifications(algorithm, pair, secret));
    await pair.workerd.stop();
  }
  await secret.workerd.stop();
  return { rows };
}

async function startWithPair(bed: Bed, algorithm: PairAlgorithm): Promise<Subject> {
  const { privateKey: JWT_PRIVATE_KEY } = await makePair(algorithm);
  const { signing } = expectValue(await readPrivateKey(JWT_PRIVATE_KEY));
  const portero = bed.portero();
  const settings = { ...portero.settings, JWT_PRIVATE_KEY };
  const workerd = await bed.start({ portero: { ...portero, settings } });
  return { workerd, signingKey: signing };
}

async function measureLogins(
  bed: Bed,
  algorithm: PairAlgorithm,
  pair: Subject,
  secret: Subject,
): Promise<Row> {
  const cpuOf = async ({ workerd }: Subject) => (await sampleLogin(workerd, bed)).cpu;
  const { ours, floor } = await inRounds(
    { rounds: LOGIN_ROUNDS, warmUp: 2 },
    { ours: () => cpuOf(pair), floor: () => cpuOf(secret) },
  );
  return beside(`login by ${algorithm}: CPU`, 'ms', ours, { name: 'HS256', values: floor });
}

async function measureVerifications(
  algorithm: PairAlgorithm,
  pair: Subject,
  secret: Subject,
): Promise<Row> {
  let bytes = 0;

  /** @returns the CPU time of a request, in microseconds */
  async function verify({ workerd, signingKey }: Subject): Promise<number> {
    const tokens = await issueTokensBy(signingKey, PERMISSIONS, TOKENS);
    if (signingKey.algorithm === algorithm) bytes = tokens[0]?.length ?? 0;
    return (await measureThroughput(workerd, { path: PATH, tokens }, SLICE_MS)).cpu;
  }

  const { ours, floor } = await inRounds(
    { rounds: VERIFICATION_ROUNDS, warmUp: 2 },
    { ours: () => verify(pair), floor: () => verify(secret) },
  );
  const what = `token of ${algorithm}, ${bytes} bytes, each once: CPU`;
  return beside(what, 'µs', ours, { name: 'HS256', values: floor });
}
