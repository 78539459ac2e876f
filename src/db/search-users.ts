/**
 * The search for users by a part of the name or of the e-mail address, as a selection of normalised names.
 *
 * No index has the matches of a text in the order of the names. Frequent matches are found on the way along the names. Rare
 * matches are found by their trigrams, the groups of three characters in which `pg_trgm` looks texts up. So a page first
 * goes along some names, and looks up the rest only where these were not enough.
 *
 * @module
 */
import { and, gt, gte, lt, or, type SQL, sql } from 'drizzle-orm';
import { normalizeUserName } from '../user-name.ts';
import { users } from './schema.ts';

/** A shorter text has no trigram. It matches only the beginning of a name or of an address. */
const TRIGRAM_LENGTH = 3;

/** A page goes along so many names for each match that it has room for: some 5 ms for a page of 50. */
const NAMES_PER_MATCH = 100;

const name = users.normalizedUserName;

export interface SearchPage {
  /** Which users may be found at all. */
  filter: SQL | undefined;
  /** The most names to select. */
  limit: number;
}

/** Selects the first names that match, in the order of the names. A letter and its accent may be two characters of the search. */
export function searchNames(text: string, page: SearchPage): SQL {
  const search = text.normalize('NFC');
  return hasTrigram(search) ? namesThatContain(search, page) : namesThatBegin(search, page);
}

function hasTrigram(text: string): boolean {
  return Array.from(text).length >= TRIGRAM_LENGTH;
}

/** Both parts are in the order of the names: one by the index on the names, the other by an index on the first letters. */
function namesThatBegin(search: string, { filter, limit }: SearchPage): SQL {
  const [first, last] = [normalizeUserName(search), `${normalizeUserName(search)}\u{10ffff}`];
  const address = sql`lower(${users.email})`;
  // One letter and two letters have an index each.
  const length = sql.raw(Array.from(search).length === 1 ? '1' : '2');
  const hasFirstLetters = sql`left(${address}, ${length}) = left(lower(${search}::text), ${length})`;
  const beginsWith = sql`starts_with(${address}, lower(${search}::text))`;
  const byName = and(gte(name, first), lt(name, last), filter);
  const byAddress = and(hasFirstLetters, beginsWith, filter);
  const select = (condition: SQL | undefined) =>
    sql`(select ${name} as name from ${users} where ${condition} order by name limit ${limit})`;
  return sql`${select(byName)} union ${select(byAddress)} order by name limit ${limit}`;
}

/** `offset 0` keeps PostgreSQL from going along the names once more, in place of the index on the trigrams. */
function namesThatContain(search: string, { filter, limit }: SearchPage): SQL {
  const isMatch = sql`(
    position(${normalizeUserName(search)}::text in ${name}) > 0
    or position(lower(${search}::text) in lower(${users.email})) > 0
  )`;
  const part = rarePart(search);
  const isCandidate = or(
    sql`${name} like ${patternOf(normalizeUserName(part))}`,
    sql`lower(${users.email}) like lower(${patternOf(part)}::text)`,
  );
  const names = NAMES_PER_MATCH * limit;
  const isRest = sql`(select last_name from way) is not null`;
  const isFurther = gt(sql`match.name`, sql`(select last_name from way)`);
  return sql`
    with passed as materialized (
      select ${name} as name, ${isMatch} as is_match from ${users} where ${filter ?? sql`true`}
      order by ${name} limit ${names}
    ),
    way as (
      select max(name) as last_name from passed
      having count(*) = ${names} and count(*) filter (where is_match) < ${limit}
    )
    (select name from passed where is_match order by name limit ${limit})
    union all
    (
      select name from (
        select ${name} as name from ${users} where ${and(isRest, isCandidate, isMatch, filter)} offset 0
      ) as match where ${isFurther} order by name limit ${limit}
    )
    order by name limit ${limit}`;
}

/** Most addresses end in few domains. To look up the trigrams of a domain would be to read a list of most users. */
function rarePart(search: string): string {
  const [beforeDomain = ''] = search.split('@');
  return hasTrigram(beforeDomain) ? beforeDomain : search;
}

/** The pattern of `LIKE` for a text anywhere. Its wildcards and its escape character stand for themselves in the text. */
function patternOf(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
