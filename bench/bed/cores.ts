/**
 * Gives workerd a core of its own, so that the bench and the local services do not take it from workerd.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The numbers of the cores that this process may run on: a list such as `0-3,6`. */
function allowedCores(): number[] {
  const status = readFileSync('/proc/self/status', 'utf8');
  const [, list = ''] = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status) ?? [];
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

/** The core of workerd. Absent on a machine with one core, or without `taskset`. */
let workerdCore: number | undefined;

/** Moves this process, and the children that it will have, to the other cores. */
export function leaveACoreToWorkerd(): void {
  const cores = allowedCores();
  const own = cores.pop();
  if (cores.length === 0) return;
  try {
    execFileSync('taskset', ['-acp', cores.join(','), String(process.pid)], { stdio: 'ignore' });
    workerdCore = own;
  } catch {
    // Then the kernel chooses the cores.
  }
}

/** Puts before a command what starts it on the core of workerd. */
export function onOwnCore(command: string[]): string[] {
  return workerdCore === undefined ? command : ['taskset', '-c', String(workerdCore), ...command];
}
