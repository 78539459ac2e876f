/** The Worker as a deploy uploads it, in the Workers runtime. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { makeTemporaryFolder } from './make-temporary-folder.ts';
import { ROOT } from './process.ts';
import { fullCost } from './weak-hashes.ts';

/** Builds it as `wrangler deploy` does. */
export function build(): { output: string; bundle: string } {
  const out = makeTemporaryFolder();
  const wrangler = join(ROOT, 'node_modules/wrangler/bin/wrangler.js');
  const args = [wrangler, 'deploy', '--dry-run', '--outdir', out];
  const output = execFileSync(process.execPath, args, {
    cwd: ROOT,
    encoding: 'utf8',
    env: fullCost(),
  });
  const [script] = readdirSync(out).filter((name) => name.endsWith('.js'));
  const bundle = readFileSync(join(out, script ?? ''), 'utf8');
  rmSync(out, { recursive: true });
  return { output, bundle };
}

/** What the cost of one call of `deriveBits` depends on. */
export interface Derivation {
  name: string;
  hash: string;
  iterations: number;
  saltBytes: number;
  bits: number;
}

/** Stands before the bundle. At `/derivations` it answers what was derived since it was asked last. */
const COUNTER = `
  import worker from './bundle.mjs';
  const derivations = [];
  const deriveBits = crypto.subtle.deriveBits.bind(crypto.subtle);
  crypto.subtle.deriveBits = (algorithm, key, bits) => {
    const { name, hash, iterations, salt } = algorithm;
    derivations.push({ name, hash, iterations, saltBytes: salt.byteLength, bits });
    return deriveBits(algorithm, key, bits);
  };
  export default {
    fetch(request, env, context) {
      const isAsked = new URL(request.url).pathname === '/derivations';
      return isAsked ? Response.json(derivations.splice(0)) : worker.fetch(request, env, context);
    },
  };`;

/** Requires a package as wrangler does. Another version than its own of miniflare would bring another runtime. */
export const requireOfWrangler = createRequire(createRequire(import.meta.url).resolve('wrangler'));

/** @param bindings the settings */
export function startBundle(bundle: string, bindings: Record<string, string>) {
  const { Miniflare, convertV4MiniflareOptions } = requireOfWrangler(
    'miniflare',
  ) as typeof import('miniflare');
  const config = readFileSync(join(ROOT, 'wrangler.toml'), 'utf8');
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false, // it would ask the internet
      compatibilityDate: /^compatibility_date = "(.*)"/m.exec(config)?.[1],
      bindings,
      modules: [
        { type: 'ESModule', path: 'counter.mjs', contents: COUNTER },
        { type: 'ESModule', path: 'bundle.mjs', contents: bundle },
      ],
    }),
  );
  const send = async (path: string, body?: object) =>
    miniflare.dispatchFetch(`https://login.example.org${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return {
    /** Where it listens. */
    address: async () => (await miniflare.ready).origin,
    login: (body: object) => send('/api/Auth', body),
    derivations: async () => (await (await send('/derivations')).json()) as Derivation[],
    stop: () => miniflare.dispose(),
  };
}
