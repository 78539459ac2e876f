/**
 * The write-ahead log of SQLite: a second file, which has the newest changes while a program runs.
 * https://www.sqlite.org/wal.html
 *
 * @module
 */
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';

/** https://www.sqlite.org/fileformat2.html#file_format_version_numbers */
const VERSIONS_OFFSET = 18;
const WITH_LOG = Buffer.from([2, 2]);

/**
 * Tells where the log may be missing. Who copies the first file alone does not see that the newest changes are gone. A log
 * without a byte in it says nothing: an earlier reading leaves one too.
 *
 * @returns sentences for people
 */
export function noticesOfLog(file: string): string[] {
  const log = `${file}-wal`;
  if (!hasLog(file) || (existsSync(log) && statSync(log).size > 0)) return [];
  return [
    `${log} is missing or empty. SQLite keeps the newest changes there. If ${file} is a copy of the database of a running ` +
      'program, they may be missing: copy that file too, or run pragma wal_checkpoint(truncate) before you copy.',
  ];
}

function hasLog(file: string): boolean {
  const versions = Buffer.alloc(2);
  try {
    const descriptor = openSync(file, 'r');
    try {
      readSync(descriptor, versions, 0, versions.length, VERSIONS_OFFSET);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return false; // SQLite tells that the file cannot be read
  }
  return versions.equals(WITH_LOG);
}
