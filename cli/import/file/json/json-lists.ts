/**
 * Where the rows of a JSON document are.
 *
 * @module
 */
import { Tokenizer, TokenType } from '@streamparser/json';
import { canonicalName } from '../../identity-names.ts';
import { Pages } from './json-pages.ts';
import { type JsonText, parsePieces } from './json-text.ts';

/** A list of rows: the names of the members that lead to it, such as `['d', 'results']`. */
export type ListPath = string[];

/** The most objects around a list, as in `{"d": {"results": […]}}`. */
const MAX_DEPTH = 2;

/**
 * Finds the lists of rows in a document that begins with an object.
 *
 * @param required canonical names of columns. An object that has one of them is a row itself
 * @returns `undefined` where the objects of the document are rows themselves
 * @throws OperatorError where the document is no JSON
 */
export async function findLists(
  text: JsonText,
  required: readonly string[],
): Promise<{ lists: ListPath[]; notices: string[] } | undefined> {
  const search = new ListSearch(required);
  for await (const _ of parsePieces(text, (piece) => search.write(piece))) {
    if (search.isOfRows) return undefined;
  }
  const { lists } = search;
  if (lists.length === 0) return undefined;
  const rows = lists.map(({ items }) => items);
  return {
    lists: lists.map(({ path }) => path),
    notices: search.pages.notices(text.file.name, rows),
  };
}

/** A list of a document. */
interface List {
  path: ListPath;
  items: number;
  /** Whether it is a list of objects. `undefined` while it has no items. */
  isOfObjects: boolean | undefined;
}

/** An object or a list that has not ended yet. */
interface Open {
  isList: boolean;
  /** The member of an object whose value comes next. */
  name: string;
  isNameNext: boolean;
}

/** Follows the structure of a document. It keeps no values. */
class ListSearch {
  readonly #tokenizer = new Tokenizer();
  readonly #required: readonly string[];
  readonly #open: Open[] = [];
  /** Each list by its path as text. */
  readonly #lists = new Map<string, List>();
  readonly pages = new Pages();
  /** Whether the objects of the document are rows themselves. */
  isOfRows = false;

  constructor(required: readonly string[]) {
    this.#required = required;
    this.#tokenizer.onToken = ({ token, value }) => this.#follow(token, value);
  }

  /** @throws where the text is no JSON. What follows a row is not looked at: it may be a faulty line of JSON Lines */
  write(text: string): void {
    if (!this.isOfRows) this.#tokenizer.write(text);
  }

  /** The lists of objects. Lists without items count where there is no other. */
  get lists(): List[] {
    const all = [...this.#lists.values()];
    const filled = all.filter(({ isOfObjects }) => isOfObjects === true);
    return filled.length > 0 ? filled : all.filter(({ isOfObjects }) => isOfObjects === undefined);
  }

  #follow(token: TokenType, value: unknown): void {
    const container = this.#open.at(-1);
    switch (token) {
      case TokenType.COLON:
        return;
      case TokenType.COMMA:
        if (container !== undefined) container.isNameNext = !container.isList;
        return;
      case TokenType.RIGHT_BRACE:
      case TokenType.RIGHT_BRACKET:
        this.#open.pop();
        if (this.#open.length === 0) this.isOfRows ||= this.#lists.size === 0;
        return;
    }
    if (container?.isNameNext) {
      container.name = String(value);
      container.isNameNext = false;
      return;
    }
    this.#see(token, value);
    if (token === TokenType.LEFT_BRACE || token === TokenType.LEFT_BRACKET) {
      const isList = token === TokenType.LEFT_BRACKET;
      this.#open.push({ isList, name: '', isNameNext: !isList });
    }
  }

  /** Sees that a value begins. */
  #see(token: TokenType, value: unknown): void {
    const around = this.#open.slice(0, -1);
    const container = this.#open.at(-1);
    if (container === undefined) this.pages.begin();
    if (container === undefined || this.#open.length > MAX_DEPTH + 1) return;
    if (around.some(({ isList }) => isList)) return;
    if (!container.isList) this.pages.see(container.name, isScalar(token) ? value : null);
    const path = this.#open.filter(({ isList }) => !isList).map(({ name }) => name);
    if (container.isList) {
      const list = this.#lists.get(path.join('\0'));
      if (list === undefined) return;
      list.items++;
      list.isOfObjects ??= token === TokenType.LEFT_BRACE;
    } else if (token === TokenType.LEFT_BRACKET) {
      const key = path.join('\0');
      if (path.length <= MAX_DEPTH && !this.#lists.has(key))
        this.#lists.set(key, { path, items: 0, isOfObjects: undefined });
    } else if (this.#open.length === 1 && token !== TokenType.LEFT_BRACE) {
      this.isOfRows ||= this.#required.includes(canonicalName(container.name));
    }
  }
}

function isScalar(token: TokenType): boolean {
  return token !== TokenType.LEFT_BRACE && token !== TokenType.LEFT_BRACKET;
}
