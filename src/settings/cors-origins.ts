/**
 * `CORS_ORIGINS`: the origins of the web apps that may call the service from a browser.
 *
 * @module
 */
import { readOriginPattern } from '../http/origins.ts';
import type { SettingFault } from './fault.ts';

/** The entries that can be used, and what is wrong with the others. */
export interface CorsOrigins {
  origins: string[];
  faults: SettingFault[];
}

/**
 * Reads the list. An entry that is faulty is left out: the web apps of the other entries and all logins go on working.
 *
 * @param value entries that are separated by commas or white space. Never throws, whatever it is
 */
export function parseCorsOrigins(value: unknown): CorsOrigins {
  const fault = (problem: string) => ({ setting: 'CORS_ORIGINS', problem });
  if (value === undefined) return { origins: [], faults: [] };
  if (typeof value !== 'string') return { origins: [], faults: [fault('is not a string')] };
  const entries = value.split(/[\s,]+/).filter((entry) => entry !== '');
  const read = entries.map(readOriginPattern);
  return {
    origins: read.flatMap((entry) => (entry.ok ? [entry.value] : [])),
    // The position names an entry, because a value is never logged.
    faults: read.flatMap((entry, index) =>
      entry.ok ? [] : [fault(`entry ${index + 1} ${entry.details.problem}`)],
    ),
  };
}
