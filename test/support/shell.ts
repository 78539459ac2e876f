import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Runs a command as it is pasted into a terminal. @returns what it prints */
export async function shell(command: string): Promise<string> {
  return (await promisify(execFile)('sh', ['-c', command])).stdout;
}
