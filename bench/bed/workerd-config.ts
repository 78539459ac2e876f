/**
 * The configuration of a workerd with Workers in it.
 * https://github.com/cloudflare/workerd/blob/main/src/workerd/server/workerd.capnp
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Bundle, ROOT } from './bundle.ts';

export interface WorkerdWorker {
  bundle: Bundle;
  /** Its texts. */
  settings?: Record<string, string>;
  /** The names of its Rate Limiting bindings. */
  rateLimits?: string[];
  /** Its service bindings: of each, the Worker and the entrypoint behind it. */
  services?: Record<string, { worker: string; entrypoint: string }>;
}

const wranglerToml = readFileSync(join(ROOT, 'wrangler.toml'), 'utf8');

/** The variables of `wrangler.toml`. */
export const VARIABLES: Record<string, string> = Object.fromEntries(
  [...wranglerToml.matchAll(/^([A-Z_]+) = "(.*)"$/gm)].map(([, name, value]) => [name, value]),
);

const [, compatibilityDate = ''] = /^compatibility_date = "(.*)"$/m.exec(wranglerToml) ?? [];
export const COMPATIBILITY_DATE = compatibilityDate;

/**
 * Stands in for Cloudflare's binding. It counts in the isolate, so that it costs next to nothing. No bench sends so much
 * under one key that it would have to refuse.
 */
const RATE_LIMIT = `
export default function () {
  const counts = new Map();
  return {
    async limit({ key }) {
      counts.set(key, (counts.get(key) ?? 0) + 1);
      return { success: true };
    },
  };
}`;

/**
 * @param workers by their names. The first one answers the requests
 * @param folder of the file
 * @returns the text of the file
 */
export function workerdConfig(workers: Record<string, WorkerdWorker>, folder: string): string {
  const [first] = Object.keys(workers);
  const services = Object.entries(workers).map(
    ([name, worker]) => `(name = ${quote(name)}, worker = ${workerText(worker, folder)})`,
  );
  return `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    ${services.join(',\n    ')},
    (name = "internet", network = (allow = ["local"]))
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = ${quote(first ?? '')})],
  extensions = [(modules = [
    (name = "bench:rate-limit", internal = true, esModule = ${quote(RATE_LIMIT)})
  ])]
);
`;
}

function workerText(
  { bundle, settings = {}, rateLimits = [], services = {} }: WorkerdWorker,
  folder: string,
): string {
  const bindings = [
    ...Object.entries(settings).map(([name, text]) => binding(name, `text = ${quote(text)}`)),
    ...rateLimits.map((name) => binding(name, 'wrapped = (moduleName = "bench:rate-limit")')),
    ...Object.entries(services).map(([name, { worker, entrypoint }]) =>
      binding(name, `service = (name = ${quote(worker)}, entrypoint = ${quote(entrypoint)})`),
    ),
  ];
  return `(
      modules = [(name = "worker", esModule = embed ${quote(relative(folder, bundle.script))})],
      compatibilityDate = ${quote(COMPATIBILITY_DATE)},
      bindings = [${bindings.join(', ')}]
    )`;
}

function binding(name: string, value: string): string {
  return `(name = ${quote(name)}, ${value})`;
}

/** Cap'n Proto escapes what JSON escapes. */
const quote = (text: string) => JSON.stringify(text);
