/** The programs of docs/verify-elsewhere.md in other languages, beside a live Portero, where their libraries are installed. */
import { rmSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { useLivePortero } from '../support/live-portero.ts';
import { makeTemporaryFolder } from '../support/make-temporary-folder.ts';
import { LANGUAGES, verifyIn } from '../support/other-languages.ts';
import { KEY_SET_ADDRESS } from '../support/page-code.ts';
import { refusedOfPairs, refusedOfSecret, rightToken } from '../support/refused-tokens.ts';

const live = useLivePortero();
const folder = makeTemporaryFolder();
afterAll(() => rmSync(folder, { recursive: true }));

for (const { heading, isInstalled } of LANGUAGES) {
  if (!isInstalled())
    process.stderr.write(`The program for ${heading} is skipped: it is not installed.\n`);
}

const cases = LANGUAGES.flatMap((language) =>
  language.algorithms.map((alg) => ({ language, alg })),
);

describe.each(cases)('the program for $language.heading, with $alg', ({ language, alg }) => {
  test.skipIf(!language.isInstalled())(
    'accepts right tokens, and refuses each other one',
    async () => {
      const refused =
        alg === 'HS256' ? await refusedOfSecret(live.pairs) : await refusedOfPairs(live.pairs, alg);
      const first = await rightToken(live.pairs, alg, { sub: 'first' });
      const last = await rightToken(live.pairs, alg, { sub: 'last' });
      const login: [string, string, string][] =
        alg === 'ES256' ? [['of a login', live.adminToken, live.adminId]] : [];
      const tokens: [string, string, string][] = [
        ['first', first, 'first'],
        ...refused.map(([name, token]): [string, string, string] => [name, token, 'refused']),
        ...login,
        ['last', last, 'last'],
      ];
      const replacements: Record<string, string> =
        alg === 'HS256' ? {} : { [KEY_SET_ADDRESS]: live.keySetAddress, ES256: alg };
      const verdicts = await verifyIn(
        language,
        folder,
        replacements,
        tokens.map(([, token]) => token),
      );
      expect(tokens.map(([name], index) => [name, verdicts[index]])).toEqual(
        tokens.map(([name, , verdict]) => [name, verdict]),
      );
    },
  );
});
