/**
 * What `npm pack` makes: the part of Portero that other Workers use, and nothing of the service.
 *
 *   node dev/package.ts prepack    builds dist/ and puts the manifest of the package in place of ours
 *   node dev/package.ts postpack   puts ours back
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const MANIFEST = join(ROOT, 'package.json');
/** Ours, while a package is made: an interrupted run is mended by the next one. */
const KEPT = join(ROOT, 'package.json.kept');
const DIST = join(ROOT, 'dist');

/** Of the service alone: the Node that runs it would come into the path of whoever installs the package. */
const OWN = [
  'scripts',
  'devDependencies',
  'optionalDependencies',
  'overrides',
  'allowScripts',
  'engines',
];

function restore(): void {
  if (existsSync(KEPT)) renameSync(KEPT, MANIFEST);
}

function compile(...options: string[]): void {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const args = [tsc, '--project', 'tsconfig.package.json', ...options];
  execFileSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });
}

restore();
if (process.argv[2] === 'prepack') {
  rmSync(DIST, { recursive: true, force: true });
  compile('--emitDeclarationOnly');
  compile('--declaration', 'false', '--removeComments'); // the types have them, for editors
  const text = readFileSync(MANIFEST, 'utf8');
  const members = Object.entries(JSON.parse(text)).filter(([name]) => !OWN.includes(name));
  writeFileSync(KEPT, text);
  writeFileSync(MANIFEST, `${JSON.stringify(Object.fromEntries(members), null, 2)}\n`);
}
