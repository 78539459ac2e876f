/**
 * The CPU time of a process.
 *
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Adds up the threads of a process. The kernel counts each of them in nanoseconds. It counts a whole process too, but in
 * ticks of 10 ms.
 *
 * @returns milliseconds since the start of the process
 */
export function readCpuMs(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  const times = readdirSync(tasks).map((task) => {
    const [nanoseconds] = readFileSync(join(tasks, task, 'schedstat'), 'utf8').split(' ');
    return Number(nanoseconds);
  });
  return times.reduce((sum, time) => sum + time, 0) / 1e6;
}
