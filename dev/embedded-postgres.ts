/**
 * The embedded PostgreSQL, with the extension that the migrations ask for.
 *
 * @module
 */
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';

/** Opens it. The code of the extension is no part of the data, so every opening brings it. */
export function openEmbeddedPostgres(options: PGliteOptions = {}): Promise<PGlite> {
  return PGlite.create({ ...options, extensions: { pg_trgm } });
}
