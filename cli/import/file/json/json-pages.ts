/**
 * Whether a document is one page of several. The server of an interface sends its users in pages, and who saves the answer
 * saves one of them.
 *
 * @module
 */
import { canonicalName } from '../../identity-names.ts';

/**
 * Members that lead to the next page: `@odata.nextLink` (OData 4), `odata.nextLink` (OData 3), `__next` (OData 2), and what
 * other interfaces have.
 */
const NEXT = new Set(
  [
    ...['@odata.nextLink', 'odata.nextLink', 'nextLink', 'next', 'nextPage', 'nextPageLink'],
    ...['nextPageUrl', 'nextUrl', 'nextPageToken', 'nextToken', 'nextCursor', 'continuationToken'],
  ].map(canonicalName),
);

/** Members that count all rows, on all pages. `@odata.count` (OData 4), `odata.count` (OData 3), `__count` (OData 2). */
const TOTALS = new Set(
  [
    ...['@odata.count', 'odata.count', 'count', 'total', 'totalCount', 'totalItems'],
    ...['totalRecords', 'totalResults', 'totalRows'],
  ].map(canonicalName),
);

/** Is shown the members of the objects around the lists. */
export class Pages {
  #hasNext = false;
  #total = 0;

  /** A further document is a further page. */
  begin(): void {
    this.#hasNext = false;
  }

  /** @param value `null` where it is an object or a list */
  see(member: string, value: unknown): void {
    const name = canonicalName(member);
    if (NEXT.has(name)) {
      this.#hasNext ||= (typeof value === 'string' && value.trim() !== '') || Number(value) > 0;
    } else if (TOTALS.has(name)) {
      const isNumber = typeof value === 'number' || /^\d+$/.test(String(value)); // OData 2 writes '500'
      if (isNumber) this.#total = Math.max(this.#total, Number(value));
    }
  }

  /**
   * @param file its name, for people
   * @param rows how many rows each list has
   * @returns sentences for people
   */
  notices(file: string, rows: readonly number[]): string[] {
    if (this.#hasNext) {
      return [
        `${file} is one page of several: it has a link to the next page. Export all pages, or the users of the others are missing.`,
      ];
    }
    const most = Math.max(...rows);
    const sum = rows.reduce((one, other) => one + other, 0);
    if (this.#total <= most || this.#total === sum) return [];
    return [
      `${file} says that there are ${this.#total} rows, and it has ${most}. If it is one page of several, export all pages.`,
    ];
  }
}
