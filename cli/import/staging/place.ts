/**
 * Where a row stands, for people.
 *
 * @module
 */
import type { SourceTable } from '../source.ts';

export interface Place {
  unit: SourceTable['unit'];
  number: number;
  id: string | null;
}

/**
 * ```ts
 * placeOf({ unit: 'line', number: 7, id: 'A1' }); // line 7
 * placeOf({ unit: 'row', number: 7, id: 'A1' }); // Id A1
 * ```
 */
export function placeOf({ unit, number, id }: Place): string {
  return unit === 'row' && id !== null ? `Id ${id}` : `${unit} ${number}`;
}
