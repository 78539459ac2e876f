import { freePort } from './free-port.ts';
import { start } from './process.ts';
import { temporaryFolder } from './temporary-folder.ts';

/**
 * Starts plain `wrangler dev`, with counters of its own for the rate limits.
 *
 * @param settings in the environment, where they win over `.dev.vars`
 * @returns where the Worker listens
 */
export async function startPlainWrangler(
  args: string[],
  settings: Record<string, string> = {},
): Promise<string> {
  const port = await freePort();
  const program = ['node_modules/wrangler/bin/wrangler.js', 'dev', '--port', String(port)];
  const wrangler = start([...program, '--persist-to', temporaryFolder(), ...args], {
    ...settings,
    // Another Portero on this machine would answer for the one that a test has not started.
    WRANGLER_REGISTRY_PATH: temporaryFolder(),
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  });
  await wrangler.printed('Ready on');
  return `http://127.0.0.1:${port}`;
}
