/**
 * A database that is read: deadlines, and a sentence for every fault.
 *
 * @module
 */
import { OperatorError } from '../../operator-error.ts';
import type { SourceColumns } from '../source.ts';
import type { Adapter, DatabaseColumn } from './adapter.ts';
import { explain, type Fault, type Place } from './faults.ts';

/** How long to wait, in milliseconds. */
export interface Limits {
  /** For the connection and the login. */
  connectMs: number;
  /** For the next row, or for the end of another statement. */
  silenceMs: number;
}

export const LIMITS: Limits = { connectMs: 15_000, silenceMs: 60_000 };

/** Every method throws `OperatorError` alone. */
export class Database {
  readonly place: Place;
  readonly #adapter: Adapter;
  readonly #limits: Limits;
  /** Ends what is waited for just now. A driver does not always tell that its socket has been closed. */
  #interrupt: ((fault: Fault) => void) | undefined;
  #closed: Promise<void> | undefined;

  constructor(adapter: Adapter, place: Place, limits: Limits) {
    this.#adapter = adapter;
    this.place = place;
    this.#limits = limits;
  }

  get notices(): string[] {
    return this.#adapter.notices;
  }

  async open(): Promise<void> {
    await this.#wait(() => this.#adapter.open(), this.#limits.connectMs, 'unreachable');
  }

  columns(): Promise<DatabaseColumn[]> {
    return this.#wait(() => this.#adapter.columns(), this.#limits.silenceMs, 'silent');
  }

  quote(name: string): string {
    return this.#adapter.quote(name);
  }

  /** @param table for people */
  async *rows(select: string, table: string): AsyncGenerator<SourceColumns> {
    const batches = this.#adapter.batches(select);
    const waitFor = <T>(work: () => Promise<T>) =>
      this.#wait(work, this.#limits.silenceMs, 'silent', table);
    let isWaiting = true;
    try {
      for (;;) {
        isWaiting = true;
        const batch = await waitFor(() => batches.next());
        isWaiting = false;
        if (batch.done) return;
        for (const row of batch.value) yield row;
      }
    } finally {
      // After an error nothing more comes, and there is no statement to end.
      if (!isWaiting && this.#closed === undefined) await waitFor(() => batches.return(undefined));
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#adapter.close();
    this.#interrupt?.('closed');
    return this.#closed;
  }

  async #wait<T>(
    work: () => Promise<T>,
    milliseconds: number,
    onLate: Fault,
    table?: string,
  ): Promise<T> {
    const place = { ...this.place, table };
    if (this.#closed !== undefined) throw explain('closed', place);
    const interrupted = Promise.withResolvers<T>();
    this.#interrupt = (fault) => interrupted.reject(explain(fault, place));
    const timer = setTimeout(() => {
      this.#interrupt?.(onLate);
      this.close();
    }, milliseconds);
    const done = work().catch((error) => {
      throw error instanceof OperatorError ? error : explain(this.#adapter.faultOf(error), place);
    });
    try {
      return await Promise.race([done, interrupted.promise]);
    } finally {
      clearTimeout(timer);
      this.#interrupt = undefined;
    }
  }
}
