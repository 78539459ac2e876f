/**
 * Which columns of users there were, and which of them say something that the import does not read.
 *
 * @module
 */
import { canonicalName } from '../identity-names.ts';
import type { SourceColumns } from '../source.ts';
import { type ActiveColumn, activeColumns, type FlagNames } from './active-flag.ts';
import { CREATION_COLUMNS } from './creation-time.ts';
import { toFlag } from './flag.ts';
import { isSet, toTimes } from './time.ts';

/** The columns of ASP.NET Core Identity and of ASP.NET Identity 2, and what both are often extended with. */
const KNOWN_COLUMNS = [
  'Id UserName NormalizedUserName Email NormalizedEmail EmailConfirmed PhoneNumber PhoneNumberConfirmed PasswordHash',
  'SecurityStamp ConcurrencyStamp TwoFactorEnabled LockoutEnabled LockoutEnd LockoutEndDateUtc AccessFailedCount',
  'Discriminator TenantId',
].flatMap((names) => names.split(' ').map(canonicalName));

/** What the name of a column says whose time keeps a user out, in English and in Spanish: `DeletedAt`, `FechaBaja`. */
const ENDED =
  /delet|remov|disabl|block|bann|lock|suspend|deactiv|archiv|revok|terminat|expir|baja|elimin|borr|bloq|desactiv|inactiv|anulad|caduc|vencim/;

/** A column of words that may say who must not log in: `Status`, `Estado`. */
const STATUS = /stat(us|e)$|^estado|situaci/;

/** A file of JSON can have other members in every row. More than these are not remembered. */
const MAX_COLUMNS = 1000;

/** A column that nobody reads and that may say who must not log in. */
export interface UnreadFlag {
  /** Its canonical name: `bloqueado`. */
  column: string;
  /** In how many rows the flag is true, or the time is set. */
  rows: number;
}

interface ColumnState {
  /** What every value was until now. `undefined` before the first value, and `other` where it is of no interest. */
  kind?: 'flag' | 'time' | 'status' | 'other';
  rows: number;
}

/**
 * Is shown every row, also a faulty one.
 *
 * ```ts
 * const seen = new ColumnsSeen();
 * seen.see({ id: '1', activo: '1', bloqueado: '1' });
 * seen.flags; // ['Activo']
 * seen.unreadFlags(); // [{ column: 'bloqueado', rows: 1 }]
 * ```
 */
export class ColumnsSeen {
  readonly #columns = new Map<string, ColumnState>();
  readonly #active: ActiveColumn[];
  readonly #known: Set<string>;

  /** @param names the columns that the operator has named, which are read too */
  constructor(names: FlagNames & { roleColumn?: string | undefined } = {}) {
    this.#active = activeColumns(names);
    this.#known = new Set([
      ...KNOWN_COLUMNS,
      ...[...this.#active, ...CREATION_COLUMNS].map(({ key }) => key),
      ...(names.roleColumn === undefined ? [] : [canonicalName(names.roleColumn)]),
    ]);
  }

  /** The columns that were there of those that say who is active, as people write them. */
  get flags(): string[] {
    return this.#active.filter(({ key }) => this.#columns.has(key)).map(({ name }) => name);
  }

  /** Whether any row had a column, also with NULL. */
  has(name: string): boolean {
    return this.#columns.has(canonicalName(name));
  }

  /** Columns in which every value is a flag, or every value is a time at which a user may have ended, and states. */
  unreadFlags(): UnreadFlag[] {
    return [...this.#columns]
      .filter(([, { kind = 'other' }]) => kind !== 'other')
      .map(([column, { rows }]) => ({ column, rows }));
  }

  see(columns: SourceColumns): void {
    for (const name of Object.keys(columns)) {
      const state = this.#columns.get(name) ?? this.#remember(name);
      if (state === undefined || state.kind === 'other') continue;
      const value = columns[name];
      if (value !== null && value !== undefined && value !== '') look(state, name, value);
    }
  }

  #remember(name: string): ColumnState | undefined {
    if (this.#columns.size >= MAX_COLUMNS) return undefined;
    const state: ColumnState = { rows: 0 };
    if (this.#known.has(name)) state.kind = 'other';
    this.#columns.set(name, state);
    return state;
  }
}

function look(state: ColumnState, name: string, value: unknown): void {
  if (STATUS.test(name)) {
    state.kind = 'status';
    state.rows++;
    return;
  }
  const flag = state.kind === 'time' ? undefined : toFlag(value);
  if (flag === null) return;
  if (flag !== undefined) {
    state.kind = 'flag';
    if (flag) state.rows++;
    return;
  }
  const times = state.kind !== 'flag' && ENDED.test(name) ? toTimes(value) : [];
  state.kind = times.length > 0 ? 'time' : 'other';
  if (times.some(isSet)) state.rows++;
}
