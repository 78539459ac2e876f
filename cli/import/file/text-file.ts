/**
 * A file of text, which is read in pieces, as often as needed.
 *
 * @module
 */
import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import { findEncoding } from './encoding.ts';
import { unreadable } from './unreadable.ts';

/** The largest piece of a file in bytes. Larger ones are not read faster. */
const LONGEST_PIECE_BYTES = 256 * 1024;

/** Enough to see which form a file has. It holds the longest rows that there are. */
const BEGINNING_BYTES = 1024 * 1024;

/** A longer line is not one row. It would not fit into memory a second time. */
const MAX_LINE_LENGTH = 16 * 1024 * 1024;

export class TextFile {
  readonly path: string;
  /** What people call it. */
  readonly name: string;
  readonly #encoding: string;
  readonly #size: number;
  readonly #closing = new AbortController();
  #bytesRead = 0;
  /** Its first characters, without a byte order mark. */
  readonly beginning: string;
  /** What ends its lines. Some tools of old write a carriage return alone. */
  readonly #lineEnd: '\n' | '\r';

  /**
   * @param look is shown the first bytes, before they are decoded. It throws where they are no text
   * @param encoding a label of the Encoding Standard
   * @throws OperatorError where there is no such file, or where its bytes are no text
   */
  constructor(path: string, name: string, look: (bytes: Buffer) => void, encoding?: string) {
    this.path = path;
    this.name = name;
    const { bytes, size } = readBeginning(path, name);
    look(bytes);
    this.#size = size;
    this.#encoding = findEncoding(name, bytes, encoding);
    this.beginning = new TextDecoder(this.#encoding).decode(bytes, { stream: true });
    this.#lineEnd = this.beginning.includes('\n') || !this.beginning.includes('\r') ? '\n' : '\r';
  }

  /** How much has been read since the last time that the reading began, from 0 to 1. */
  get readShare(): number {
    return this.#size === 0 ? 1 : this.#bytesRead / this.#size;
  }

  /** Yields the text, from the beginning. @throws OperatorError */
  async *pieces(): AsyncGenerator<string> {
    const decoder = new TextDecoder(this.#encoding, { fatal: true, ignoreBOM: false });
    this.#bytesRead = 0;
    let lineBreaks = 0;
    let piece: Buffer = Buffer.alloc(0);
    try {
      const { signal } = this.#closing;
      const highWaterMark = Math.min(this.#size || LONGEST_PIECE_BYTES, LONGEST_PIECE_BYTES);
      const stream = createReadStream(this.path, { highWaterMark, signal });
      for await (piece of stream) {
        const text = decoder.decode(piece, { stream: true });
        this.#bytesRead += piece.length;
        yield text;
        lineBreaks += countLineBreaks(text);
      }
      piece = Buffer.alloc(0);
      yield decoder.decode();
    } catch (error) {
      if (!isEncodingError(error)) throw unreadable(this.name, error);
      throw unreadable(this.name, this.#undecodable(lineBreaks, piece));
    }
  }

  /** Its first lines, counted as {@link lines} counts them. The last one may be cut. */
  firstLines(): string[] {
    return this.beginning.split(this.#lineEnd).map(withoutCarriageReturns);
  }

  /** Yields the lines in groups, without their ends: a line feed, with carriage returns or without. @throws OperatorError */
  async *lines(): AsyncGenerator<string[]> {
    let rest = '';
    for await (const piece of this.pieces()) {
      const lines = (rest + piece).split(this.#lineEnd);
      rest = lines.pop() ?? '';
      if (rest.length > MAX_LINE_LENGTH)
        throw unreadable(this.name, 'it has lines without an end.');
      yield lines.map(withoutCarriageReturns);
    }
    if (rest !== '') yield [withoutCarriageReturns(rest)];
  }

  /** Ends every reading with an error. */
  close(): void {
    this.#closing.abort();
  }

  #undecodable(lineBreaks: number, piece: Buffer): string {
    if (this.#encoding !== 'utf-8') return `it is not ${this.#encoding}.`;
    // The first bytes may belong to a character of the piece before.
    const start = piece.findIndex((byte) => (byte & 0xc0) !== 0x80);
    const text = new TextDecoder().decode(piece.subarray(start));
    const line = lineBreaks + countLineBreaks(text.slice(0, text.indexOf('\ufffd'))) + 1;
    return (
      `it is not UTF-8 from line ${line} on. ` +
      'If it is from Windows, --encoding windows-1252 may be what it needs.'
    );
  }
}

function readBeginning(path: string, name: string): { bytes: Buffer; size: number } {
  try {
    const file = openSync(path, 'r');
    try {
      const { size } = fstatSync(file);
      const bytes = Buffer.alloc(Math.min(size, BEGINNING_BYTES));
      const length = readSync(file, bytes, 0, bytes.length, 0);
      return { bytes: bytes.subarray(0, length), size };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw unreadable(name, error);
  }
}

function isEncodingError(error: unknown): boolean {
  return (
    error instanceof TypeError &&
    'code' in error &&
    error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA'
  );
}

function countLineBreaks(text: string): number {
  let count = 0;
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) count++;
  return count;
}

/** A file that went through two programs of Windows may have two carriage returns at the end of a line. */
function withoutCarriageReturns(line: string): string {
  let end = line.length;
  while (line[end - 1] === '\r') end--;
  return end === line.length ? line : line.slice(0, end);
}
