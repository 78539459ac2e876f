/**
 * What a bench starts, it ends, whether it succeeds, fails or is stopped with Ctrl-C. Only SIGKILL is an exception.
 *
 * @module
 */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** They run while the process exits, so none of them can wait for anything. The last one runs first. */
const steps = new Set<() => void>();

process.once('exit', () => {
  for (const step of [...steps].reverse()) step();
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)
  process.once(signal, () => process.exit(1));

/** @returns how to run the step now. It then does not run again */
export function atExit(step: () => void): () => void {
  steps.add(step);
  return () => {
    if (steps.delete(step)) step();
  };
}

/**
 * Starts a process that does not outlive this one. It leads a group of its own, so that its children end with it, and so that
 * a Ctrl-C at the terminal reaches this process alone.
 */
export function startProcess(
  command: string,
  args: string[],
  options: SpawnOptions,
): { child: ChildProcess; ended: Promise<void>; stop: () => Promise<void> } {
  const child = spawn(command, args, { ...options, detached: true });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const kill = atExit(() => killGroup(child.pid));
  ended.then(kill);
  const stop = () => {
    kill();
    return ended;
  };
  return { child, ended, stop };
}

function killGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL');
  } catch {
    // All of them have ended.
  }
}

/**
 * Makes the folder of this run. Everything that this process or a child of it puts into the folder for temporary files goes
 * into it too.
 */
export function makeRunFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'portero-bench-'));
  chmodSync(folder, 0o711); // a PostgreSQL that root starts runs as another user
  process.env.TMPDIR = folder;
  atExit(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}
