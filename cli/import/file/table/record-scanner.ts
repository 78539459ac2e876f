/**
 * Reads one record of a delimited table, value by value, over as many lines as its quotation marks and backslashes take.
 *
 * @module
 */
import { resolveEscapes } from '../escapes.ts';
import { type Cell, type Dialect, QUOTED_NULL, readUnquoted } from './dialect.ts';

export const QUOTE = '"';

/** The most characters of one record. It has to fit into memory. */
const MAX_LENGTH = 16 * 1024 * 1024;

/** Reads the values of one record, one after the other. */
export class RecordScanner {
  /** How many lines it has looked at. */
  lines = 1;
  /** Whether it needs a line that is not there yet. */
  isBeyondLines = false;
  /** Whether it stopped because one record has no more characters than that. */
  isTooLong = false;
  #length = 0;
  readonly #dialect: Dialect;
  readonly #all: readonly string[];
  readonly #start: number;
  #line: string;
  #position = 0;
  /** The lines that begin within quotation marks, counted from 0, with the place where these end on the same line. */
  readonly quotedLines: { line: number; end?: number }[] = [];

  constructor(dialect: Dialect, lines: readonly string[], start: number) {
    this.#dialect = dialect;
    this.#all = lines;
    this.#start = start;
    this.#line = lines[start] ?? '';
  }

  /**
   * @param maxCells ends the reading of a record of several lines, so that stray quotation marks do not read the whole file
   *   again and again
   * @returns `undefined` where a quotation mark is wrong, where there are too many values, or where lines are missing
   */
  readCells(maxCells: number): Cell[] | undefined {
    const cells: Cell[] = [];
    for (;;) {
      if (this.lines > 1 && cells.length > maxCells) return undefined;
      const opening = this.#findOpening();
      const cell = opening === undefined ? this.#readUnquoted() : this.#readQuoted(opening);
      if (cell === undefined) return undefined;
      cells.push(cell);
      if (this.#position >= this.#line.length) return cells;
      this.#position++; // the delimiter
    }
  }

  #findOpening(): number | undefined {
    if (!this.#dialect.hasQuotes) return undefined;
    let position = this.#position;
    while (this.#line[position] === ' ') position++;
    if (this.#line[position] !== QUOTE) return undefined;
    return this.#dialect.isNullQuoted && this.#isNullAt(position) ? undefined : position;
  }

  #isNullAt(position: number): boolean {
    const end = position + QUOTED_NULL.length;
    const isEnd = end === this.#line.length || this.#line[end] === this.#dialect.delimiter;
    return isEnd && this.#line.startsWith(QUOTED_NULL, position);
  }

  #readQuoted(opening: number): string | undefined {
    const { hasEscapes } = this.#dialect;
    let value = '';
    let from = opening + 1;
    for (;;) {
      const end = this.#findClosing(from);
      value += this.#line.slice(from, end);
      if (end === this.#line.length) {
        const isEscaped = hasEscapes && /(?:^|[^\\])(?:\\\\)*\\$/.test(this.#line);
        if (!this.#nextLine()) return undefined;
        value += '\n';
        from = 0;
        if (!isEscaped) this.quotedLines.push({ line: this.lines - 1 });
      } else if (this.#line[end + 1] === QUOTE) {
        value += hasEscapes ? `\\${QUOTE}` : QUOTE;
        from = end + 2;
      } else {
        const last = this.quotedLines.at(-1);
        if (last?.line === this.lines - 1) last.end ??= end;
        if (!this.#close(end + 1)) return undefined;
        return hasEscapes ? resolveEscapes(value) : value;
      }
    }
  }

  /** @returns the place of the next quotation mark that is not escaped, or the length of the line */
  #findClosing(from: number): number {
    const { length } = this.#line;
    if (!this.#dialect.hasEscapes) {
      const end = this.#line.indexOf(QUOTE, from);
      return end < 0 ? length : end;
    }
    let position = from;
    while (position < length && this.#line[position] !== QUOTE) {
      position += this.#line[position] === '\\' ? 2 : 1;
    }
    return Math.min(position, length);
  }

  /** Goes behind a closing quotation mark. @returns whether a delimiter or the end of the line is there */
  #close(position: number): boolean {
    let behind = position;
    while (this.#line[behind] === ' ') behind++;
    this.#position = behind;
    return behind >= this.#line.length || this.#line[behind] === this.#dialect.delimiter;
  }

  #readUnquoted(): Cell | undefined {
    let text = '';
    let from = this.#position;
    let end = this.#findDelimiter(from);
    while (end > this.#line.length) {
      // The backslash at the end of the line belongs to the line break.
      text += `${this.#line.slice(from)}\n`;
      if (!this.#nextLine()) return undefined;
      from = 0;
      end = this.#findDelimiter(from);
    }
    this.#position = end;
    return readUnquoted(text + this.#line.slice(from, end), this.#dialect);
  }

  /** @returns the place of the next delimiter, or the length of the line, or more where a backslash is its last character */
  #findDelimiter(from: number): number {
    const { delimiter, hasEscapes } = this.#dialect;
    if (!hasEscapes) {
      const end = this.#line.indexOf(delimiter, from);
      return end < 0 ? this.#line.length : end;
    }
    let end = from;
    while (end < this.#line.length && this.#line[end] !== delimiter) {
      end += this.#line[end] === '\\' ? 2 : 1;
    }
    return end;
  }

  #nextLine(): boolean {
    const line = this.#all[this.#start + this.lines];
    this.#length += this.#line.length + 1;
    if (this.#length > MAX_LENGTH) {
      this.isTooLong = true;
      return false;
    }
    if (line === undefined) {
      this.isBeyondLines = true;
      return false;
    }
    this.#line = line;
    this.lines++;
    return true;
  }
}
