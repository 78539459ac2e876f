/**
 * `JWT_SECRET_PREVIOUS` and `JWT_SECRET_PREVIOUS_UNTIL`: a second key that verifies tokens while keys are rotated.
 *
 * @module
 */
import { MIN_SECRET_BYTES, type PreviousSecret } from '#portero/internal/signing-key.ts';
import type { SettingFault } from './fault.ts';
import { parseRfc3339Time } from './rfc3339-time.ts';

/** The key where it can be used, and what is wrong where it cannot. */
export interface PreviousKey {
  previous: PreviousSecret | undefined;
  faults: SettingFault[];
}

const TIME_PROBLEM =
  'is not a time that exists, with its time zone: write one such as 2030-01-31T12:00:00Z';

/**
 * Reads the key. A faulty one is left out: its tokens are refused, and all logins go on working. A key without an end is
 * left out too, because it would be accepted for ever.
 *
 * @param env the environment without its blank settings
 */
export function readPreviousKey(env: Record<string, unknown>): PreviousKey {
  const { JWT_SECRET: current, JWT_SECRET_PREVIOUS: secret, JWT_SECRET_PREVIOUS_UNTIL: end } = env;
  if (secret === undefined && end === undefined) return { previous: undefined, faults: [] };
  const secretProblem = problemOfSecret(secret, current);
  const until = typeof end === 'string' ? parseRfc3339Time(end.trim()) : undefined;
  const faults = [
    { setting: 'JWT_SECRET_PREVIOUS', problem: secretProblem },
    { setting: 'JWT_SECRET_PREVIOUS_UNTIL', problem: problemOfEnd(end, until) },
  ].filter((fault): fault is SettingFault => fault.problem !== undefined);
  const isUsable = faults.length === 0 && typeof secret === 'string' && until !== undefined;
  return { previous: isUsable ? { secret, until } : undefined, faults };
}

function problemOfSecret(secret: unknown, current: unknown): string | undefined {
  if (secret === undefined) {
    return 'is missing: set it, or delete JWT_SECRET_PREVIOUS_UNTIL';
  }
  if (typeof secret !== 'string') return 'is not a string';
  if (new TextEncoder().encode(secret).length < MIN_SECRET_BYTES) {
    return `is shorter than ${MIN_SECRET_BYTES} bytes: set the whole key`;
  }
  if (secret === current) return 'is the same as JWT_SECRET: set the other key, or delete it';
  return undefined;
}

function problemOfEnd(end: unknown, until: number | undefined): string | undefined {
  if (end === undefined) return 'is missing: set the time until which the key verifies';
  return until === undefined ? TIME_PROBLEM : undefined;
}
