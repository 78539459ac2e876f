/**
 * Builds a Worker as a deploy builds it.
 *
 * @module
 */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { startProcess } from './at-exit.ts';

export const ROOT = join(import.meta.dirname, '../..');
const WRANGLER = join(ROOT, 'node_modules/wrangler/bin/wrangler.js');
/** Wrangler starts once for each Worker. */
const COMPILE_CACHE = join(ROOT, 'node_modules/.cache/compiled');

export interface Bundle {
  /** The path of the script. */
  script: string;
  /** What Cloudflare's limit is about. */
  gzipKiB: number;
}

/**
 * @param entry the module of the Worker, relative to the root. Every Worker is built with the flags of `wrangler.toml`
 * @param folder for the bundle
 */
export async function bundle(entry: string, folder: string): Promise<Bundle> {
  const out = join(folder, basename(entry, '.ts'));
  const { child, ended } = startProcess(
    process.execPath,
    [WRANGLER, 'deploy', entry, '--dry-run', '--outdir', out],
    {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        NODE_COMPILE_CACHE: COMPILE_CACHE,
        WRANGLER_LOG_PATH: join(folder, 'wrangler-logs'),
      },
    },
  );
  const [output, errors] = await Promise.all([child.stdout, child.stderr].map(read));
  await ended;
  const [, size] = /gzip: ([\d.]+) KiB/.exec(output ?? '') ?? [];
  if (size === undefined) throw new Error(`${entry} was not built:\n${output}${errors}`);
  const script = readdirSync(out).find((name) => name.endsWith('.js')) ?? '';
  return { script: join(out, script), gzipKiB: Number(size) };
}

function read(stream: NodeJS.ReadableStream | null): Promise<string> {
  return stream === null ? Promise.resolve('') : text(stream);
}
