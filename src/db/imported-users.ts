/**
 * What the imports have brought. Only the command line reads this table, so the Worker does not carry it.
 *
 * @module
 */
import { boolean, index, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';

/**
 * What each user had in an old system when the last import read it. A value that differs from it in the old system was
 * changed there. A value that differs from it in `users` was changed in Portero.
 *
 * Where `users delete` has deleted the user, the row stays, and its other columns are empty. So no later import brings the
 * user back.
 */
export const importedUsers = pgTable(
  'imported_users',
  {
    /** The name of the old system: `--source`. */
    source: text('source').notNull(),
    /** The id of `users`. There is no foreign key, because the row outlives the user. */
    userId: text('user_id').notNull(),
    userName: text('user_name'),
    email: text('email'),
    /** `null` where an older Portero made the record. It counts as unconfirmed, as the address was in `users` then. */
    emailConfirmed: boolean('email_confirmed'),
    active: boolean('active'),
    /** The columns of the old system that made the user inactive: `Activo`. An import without them activates nobody. */
    inactiveBy: text('inactive_by'),
    /** The name of the role. */
    role: text('role'),
    /**
     * The SHA-256 of `SecurityStamp`, in hexadecimal. The stamp changes with the password. The stamp itself keys the codes
     * that the old system mails, and a digest of the old hash would undo the hardening, so neither is stored.
     */
    securityStampDigest: text('security_stamp_digest'),
    importedAt: timestamp('imported_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.source, table.userId] }), index().on(table.userId)],
);
