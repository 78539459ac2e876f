/** The project's own commands as processes, in a folder and on ports of their own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect } from 'vitest';
import { SETTING_NAMES } from '../../src/settings/environment.ts';
import { whenOver } from './lifetime.ts';
import { linesWithSecrets, noteSecret } from './secrets.ts';

export const ROOT = join(import.meta.dirname, '../..');

/** What a program is told of. What the shell of the person who runs the tests has set of it is left out. */
export const OWN_SETTINGS = [...SETTING_NAMES, 'PORT', 'PASSWORD_MIN_LENGTH'];
const INHERITED = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !OWN_SETTINGS.includes(name)),
);

/** When a program that does not end is ended, after a test. */
const GRACE_MS = 60_000;

export type Environment = Record<string, string>;

export function noteSecrets(environment: Environment, input: string): void {
  for (const line of input.split('\n')) noteSecret(line);
  noteSecret(environment.JWT_SECRET);
  noteSecret(environment.DATABASE_URL);
}

/** A token or a hash, whatever it is of, and a one-time link in an event. Only its own line on standard output has a link. */
export const LEAK = /(?<![\w-])eyJ[\w-]{20}|\$portero\$|^\{"event":.*#[\w-]{43}/m;

/** Tokens of links that stand in an output more than once: a link is printed once, and its token nowhere else. */
export function strayTokens(output: string): string[] {
  const tokens = [...output.matchAll(/#([\w-]{43})\b/g)].map(([, token = '']) => token);
  return tokens.filter((token) => output.split(token).length !== 2);
}

/**
 * Starts a program of the project. It leads a process group, as one that a shell has started does.
 */
export function start(args: string[], environment: Environment, input = '') {
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    detached: true,
    env: { ...INHERITED, ...environment } as NodeJS.ProcessEnv,
  });
  noteSecrets(environment, input);
  const group = child.pid as number;
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
      child.emit('output');
    });
  }
  child.stdin.end(input);
  const ended = once(child, 'close').then(([code]) => code as number | null);

  /** Waits for a text in what the program has printed. */
  async function printed(text: string | RegExp): Promise<string> {
    while (output.search(text) < 0) {
      const what = await Promise.race([once(child, 'output'), ended.then(() => 'ended')]);
      if (what === 'ended' && output.search(text) < 0) throw new Error(`ended with:\n${output}`);
    }
    return output;
  }

  function signal(name: NodeJS.Signals): void {
    try {
      process.kill(-group, name);
    } catch {
      // It has ended.
    }
  }
  whenOver(async () => {
    const giveUp = setTimeout(() => signal('SIGKILL'), GRACE_MS);
    signal('SIGINT');
    await ended;
    clearTimeout(giveUp);
    expect(output).not.toMatch(LEAK);
    expect(strayTokens(output)).toEqual([]);
    // Which says how to start a Worker beside it.
    if (!args.includes('--services-only')) {
      expect(linesWithSecrets(output.split('\n'))).toEqual([]);
    }
  });
  return { pid: group, printed, signal, ended, output: () => output };
}
