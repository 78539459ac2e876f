/**
 * Generates these files from others:
 *
 * - the migrations and `schema.sql`, from the Drizzle schema
 * - the types of the bindings, from `wrangler.toml`
 * - the Worker's list of common passwords, from a package
 * - `openapi.json`, from the schemas of the routes
 * - the login page's copy of `portero/client`, from the source of the package
 * - the page's copy of the policy for passwords, from the source of the Worker
 *
 *   node dev/generated.ts          writes the files (npm run generate)
 *   node dev/generated.ts --check  fails if a file has drifted from its source
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { dictionary } from '@zxcvbn-ts/language-common';
import { buildSync } from 'esbuild';
import { frontCode } from '../src/password/front-coding.ts';
import { openApi } from './openapi.ts';

const ROOT = join(import.meta.dirname, '..');
const MIGRATIONS = join(ROOT, 'drizzle');
const COMMONEST_PASSWORDS = join(ROOT, 'src/password/commonest-passwords.ts');
const SCHEMA_SQL = join(ROOT, 'schema.sql');
const SCHEMA = ['--dialect', 'postgresql', '--schema', 'src/db/{schema,imported-users}.ts'];
/** It belongs to the database and not to a table, so it is not in the Drizzle schema. A migration makes it too. */
const EXTENSION = 'CREATE EXTENSION IF NOT EXISTS pg_trgm;\n';
/** Drizzle has no triggers. A migration makes it too. */
const TRIGGER = readFileSync(join(ROOT, 'src/db/end-password-links.sql'), 'utf8').replace(
  /^--.*\n/gm,
  '',
);
/** No login works without these rows. A migration makes them too. */
const ROWS = '\nINSERT INTO "login_attempt_salt" DEFAULT VALUES;\n';
const OPENAPI = join(ROOT, 'public/openapi.json');
const CLIENT = join(ROOT, 'public/client.js');
const PASSWORD_POLICY = join(ROOT, 'public/password-policy.js');
const TYPES = ['types', '--include-runtime=false', '--strict-vars=false'];

function run(command: string, ...args: string[]): string {
  return execFileSync(join(ROOT, 'node_modules/.bin', command), args, {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** The command line uses the whole list. The Worker uses the first part of it, to stay small. */
const COMMONEST = 2_000;

function commonestPasswords(): string {
  const passwords = frontCode(dictionary['passwords-common'].slice(0, COMMONEST));
  return `/**
 * The 2,000 passwords that turn up most often in breaches, in lower case. \`npm run generate\` writes this file.
 *
 * @module
 */
import { readFrontCoded } from './front-coding.ts';

const PASSWORDS =
  // biome-ignore format: one line
  ${JSON.stringify(passwords)};

/** Reads the list at the first call, because few requests need it. */
export function commonestPasswords(): ReadonlySet<string> {
  known ??= new Set(readFrontCoded(PASSWORDS));
  return known;
}

let known: ReadonlySet<string> | undefined;
`;
}

const openApiJson = () => `${JSON.stringify(openApi, null, 2)}\n`;

/** Compiles the client as the package does, but without comments. */
function clientJs(): string {
  const folder = mkdtempSync(join(tmpdir(), 'portero-'));
  try {
    const options = ['--outDir', folder, '--declaration', 'false', '--removeComments'];
    run('tsc', '--project', 'packages/portero/tsconfig.json', ...options);
    const code = readFileSync(join(folder, 'client.js'), 'utf8');
    return `// Written by \`npm run generate\` from packages/portero/src/client.ts, which has the comments.\n${code}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function passwordPolicyJs(): string {
  const { outputFiles } = buildSync({
    absWorkingDir: ROOT, // its comments name the files from there
    entryPoints: ['dev/password-policy.ts'],
    bundle: true,
    format: 'esm',
    write: false,
  });
  return `// Written by \`npm run generate\` from dev/password-policy.ts.\n${outputFiles[0]?.text}`;
}

function schemaSql(): string {
  const header = '-- The whole current schema, written by `npm run generate` from src/db.\n\n';
  return `${header}${EXTENSION}${run('drizzle-kit', 'export', ...SCHEMA)}\n${TRIGGER}${ROWS}`;
}

/**
 * Drizzle writes a migration if the schema differs from the last snapshot. Its exit code is 0 even if it fails. So only
 * the message that there are no changes counts.
 */
function isMigrationMissing(): boolean {
  const copy = mkdtempSync(join(tmpdir(), 'portero-'));
  try {
    cpSync(MIGRATIONS, copy, { recursive: true });
    return !generateMigration(copy).includes('No schema changes');
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/** Drizzle takes no absolute path. */
function generateMigration(folder: string): string {
  return run('drizzle-kit', 'generate', ...SCHEMA, '--out', relative(ROOT, folder));
}

function areTypesCurrent(): boolean {
  try {
    run('wrangler', ...TYPES, '--check');
    return true;
  } catch {
    return false;
  }
}

if (process.argv.includes('--check')) {
  const drifted = [
    readFileSync(SCHEMA_SQL, 'utf8') === schemaSql() ? [] : 'schema.sql',
    readFileSync(COMMONEST_PASSWORDS, 'utf8') === commonestPasswords()
      ? []
      : 'src/password/commonest-passwords.ts',
    readFileSync(OPENAPI, 'utf8') === openApiJson() ? [] : 'public/openapi.json',
    readFileSync(CLIENT, 'utf8') === clientJs() ? [] : 'public/client.js',
    readFileSync(PASSWORD_POLICY, 'utf8') === passwordPolicyJs() ? [] : 'public/password-policy.js',
    isMigrationMissing() ? 'drizzle/' : [],
    areTypesCurrent() ? [] : 'worker-configuration.d.ts',
  ].flat();
  if (drifted.length > 0) {
    console.error(`Drifted from its source: ${drifted.join(', ')}. Run npm run generate.`);
    process.exitCode = 1;
  }
} else {
  generateMigration(MIGRATIONS);
  writeFileSync(SCHEMA_SQL, schemaSql());
  writeFileSync(COMMONEST_PASSWORDS, commonestPasswords());
  writeFileSync(OPENAPI, openApiJson());
  writeFileSync(CLIENT, clientJs());
  writeFileSync(PASSWORD_POLICY, passwordPolicyJs());
  run('wrangler', ...TYPES);
}
