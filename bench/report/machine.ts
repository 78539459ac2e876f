/**
 * Describes the machine that a bench ran on.
 *
 * @module
 */
import { cpus, loadavg, release, totalmem } from 'node:os';
import { WORKERD_VERSION } from '../bed/workerd.ts';

export type Machine = ReturnType<typeof describeMachine>;

export function describeMachine() {
  return {
    date: new Date().toISOString().slice(0, 10),
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `Linux ${release()}`,
    node: process.version,
    workerd: WORKERD_VERSION,
    /** How many processes were busy in the minute before. A quiet machine has none. */
    busyBefore: Number((loadavg()[0] ?? 0).toFixed(1)),
  };
}

export function machineSentence(machine: Machine): string {
  const { date, processor, cores, memoryGiB, system, node, workerd, busyBefore } = machine;
  return (
    `${date}: ${cores} × ${processor}, ${memoryGiB} GiB, ${system}, Node ${node}, workerd ${workerd}. ` +
    `${busyBefore} other processes were busy before.`
  );
}
