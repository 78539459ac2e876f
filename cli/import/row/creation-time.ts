/**
 * When a user was made. Identity has no column for it, so each system has its own.
 *
 * @module
 */
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import type { SourceColumns } from '../source.ts';
import { cellOf, column, findRounding } from './cell.ts';
import { FAR_FUTURE, isSet, toTimes } from './time.ts';

/** `CreationTime` is that of the ABP Framework. */
export const CREATION_COLUMNS = [
  'CreatedAt CreationTime CreatedOn CreatedDate CreateDate DateCreated Created CreatedAtUtc CreatedOnUtc CreatedUtc',
  'CreationDate CreateTime CreatedTime RegisteredAt RegisteredOn RegistrationDate RegisterDate DateJoined',
  'FechaCreacion FechaCreación FechaAlta FechaRegistro FechaDeCreacion FechaDeCreación FechaDeAlta FechaDeRegistro',
  'CreadoEn CreadoEl',
].flatMap((names) => names.split(' ').map(column));

/**
 * Reads the first known column that has a time. A time that cannot be read, or that can be read in two ways, is none: nobody
 * is kept out because of it.
 *
 * @returns `null` where there is none. A future time is returned too, because there is no clock here
 */
export function readCreationTime(columns: SourceColumns): Result<Date | null, string> {
  for (const column of CREATION_COLUMNS) {
    const value = cellOf(columns, column);
    const rounded = findRounding(value, column);
    if (rounded !== undefined) return fail(rounded);
    const [time, ...others] = toTimes(value);
    if (time !== undefined && others.length === 0 && isSet(time) && time < FAR_FUTURE) {
      return succeed(time);
    }
  }
  return succeed(null);
}
