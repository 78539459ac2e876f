/** What a deploy uploads. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../support/process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('is 125 KiB at most, as the README says, and holds nothing of the stand-ins', () => {
  const out = temporaryFolder();
  const wrangler = join(ROOT, 'node_modules/wrangler/bin/wrangler.js');
  const args = [wrangler, 'deploy', '--dry-run', '--outdir', out];
  const output = execFileSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  const size = Number(/gzip: ([\d.]+) KiB/.exec(output)?.[1]);
  expect(size).toBeLessThanOrEqual(125);
  const [, told] = /(\d+) KiB, gzipped/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8')) ?? [];
  expect(Math.abs(size - Number(told))).toBeLessThan(1);

  const [script] = readdirSync(out).filter((name) => name.endsWith('.js'));
  const bundle = readFileSync(join(out, script ?? ''), 'utf8');
  for (const local of ['XXXX.DUMMY.TOKEN.XXXX', 'pglite', 'jdoe', 's3cr3t', 'node:fs']) {
    expect(bundle).not.toContain(local);
  }
});
