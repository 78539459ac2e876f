/** The operator's commands within this process, which is ten times as fast as a process for each. */
import { Readable } from 'node:stream';
import { expect, vi } from 'vitest';
import { runCommand } from '../../cli/program.ts';
import { type Environment, LEAK, noteSecrets, OWN_SETTINGS, strayTokens } from './process.ts';
import { linesWithSecrets } from './secrets.ts';

/** Runs a command. One at a time: the console and standard input belong to it. */
export async function runHere(args: string[], environment: Environment, input = '') {
  noteSecrets(environment, input);
  for (const name of OWN_SETTINGS) vi.stubEnv(name, environment[name]);
  let output = '';
  const take = (text: unknown) => {
    output += text;
    return true;
  };
  const spies = [
    ...(['log', 'error'] as const).map((method) =>
      vi.spyOn(console, method).mockImplementation((text) => void take(`${text}\n`)),
    ),
    vi.spyOn(process, 'stdin', 'get').mockReturnValue(stdinOf(input)),
    vi.spyOn(process.stdout, 'write').mockImplementation(take),
    vi.spyOn(process.stderr, 'write').mockImplementation(take),
  ];
  try {
    return { exitCode: await runCommand(args), output };
  } finally {
    vi.unstubAllEnvs();
    for (const spy of spies) spy.mockRestore();
    expect(linesWithSecrets(output.split('\n'))).toEqual([]);
    expect(output).not.toMatch(LEAK);
    expect(strayTokens(output)).toEqual([]);
  }
}

function stdinOf(input: string): typeof process.stdin {
  return Readable.from([Buffer.from(input)]) as unknown as typeof process.stdin;
}
