/**
 * Parses the rows of JSON, piece by piece.
 *
 * @module
 */
import { JSONParser, TokenType } from '@streamparser/json';
import type { Result } from '#portero/internal/result.ts';
import type { SourceColumns } from '../../source.ts';
import { toColumns } from './json-columns.ts';

type Columns = Result<SourceColumns, string>;

export class RowParser {
  readonly #parser: JSONParser;
  /** How many objects and lists are open where a row is open. */
  readonly #rowDepth: number;
  #depth = 0;
  /** The names of the members of the row, each as often as it is there. */
  #names: string[] = [];
  #isNameNext = false;
  #rows: Columns[] = [];

  /**
   * @param selector tells where the rows are: `$` for objects one after the other, `$.*` for the items of an array,
   *   `$.users.*` for those of a member
   */
  constructor(selector: string) {
    // The empty separator lets further documents follow the first one.
    this.#parser = new JSONParser({ paths: [selector], keepStack: false, separator: '' });
    this.#rowDepth = selector.split('.').length;
    this.#parser.onToken = ({ token, value }) => this.#follow(token, value);
    this.#parser.onValue = ({ value }) => this.#rows.push(toColumns(value, this.#names));
  }

  /** @throws where the text is no JSON */
  write(text: string): void {
    this.#parser.write(text);
  }

  /** @returns the rows that have ended since the last time */
  take(): Columns[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  /** @throws where the text has ended within a value */
  end(): void {
    this.#parser.end();
  }

  #follow(token: TokenType, value: unknown): void {
    switch (token) {
      case TokenType.LEFT_BRACE:
      case TokenType.LEFT_BRACKET:
        if (++this.#depth !== this.#rowDepth) return;
        this.#names = [];
        this.#isNameNext = token === TokenType.LEFT_BRACE;
        return;
      case TokenType.RIGHT_BRACE:
      case TokenType.RIGHT_BRACKET:
        this.#depth--;
        return;
      case TokenType.COMMA:
        if (this.#depth === this.#rowDepth) this.#isNameNext = true;
        return;
    }
    if (!this.#isNameNext || this.#depth !== this.#rowDepth) return;
    this.#names.push(String(value));
    this.#isNameNext = false;
  }
}
