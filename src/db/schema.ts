/**
 * The tables. `npm run generate` writes the migrations and `schema.sql` from this file and `imported-users.ts`.
 *
 * @module
 */
import { sql } from 'drizzle-orm';
import {
  boolean,
  check,
  customType,
  index,
  integer,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { ACTIONS } from '#portero/internal/permission.ts';

/**
 * A text in the order of its code points, whatever the order of the database is. Only in that order do all texts with the
 * same beginning stand together.
 */
const codePointText = customType<{ data: string }>({ dataType: () => 'text COLLATE "C"' });

/** A role. A user has exactly one role. An administrator's role may do everything. */
export const roles = pgTable('roles', {
  id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
  name: text('name').notNull().unique(),
  isAdmin: boolean('is_admin').notNull().default(false),
});

/**
 * A part of the application that permissions are granted for. Portero's own routes need a row too. The operator makes
 * that row with `modules add users`.
 */
export const modules = pgTable(
  'modules',
  {
    key: text('key').primaryKey(),
    name: text('name').notNull(),
  },
  (table) => [check('modules_key_format', sql`${table.key} ~ '^[a-z][a-z0-9-]{0,49}$'`)],
);

export const permissionAction = pgEnum('permission_action', ACTIONS);

/** The permissions of a role, with one row for each module and action. */
export const roleGrants = pgTable(
  'role_grants',
  {
    roleId: integer('role_id')
      .notNull()
      .references(() => roles.id, { onDelete: 'cascade' }),
    moduleKey: text('module_key')
      .notNull()
      .references(() => modules.key, { onDelete: 'cascade', onUpdate: 'cascade' }),
    action: permissionAction('action').notNull(),
  },
  (table) => [primaryKey({ columns: [table.roleId, table.moduleKey, table.action] })],
);

/**
 * The shapes (`LayerShape`) of the foreign layers that users' hashes begin with. Every login derives every shape, so
 * that no shape betrays its user. A layer that takes too long (see `isListed`) is not in the table, for example a layer
 * with more iterations than one call of PBKDF2 may have. It would burden every login for the sake of a few users.
 */
export const foreignLayers = pgTable(
  'foreign_layers',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    hash: text('hash', { enum: ['SHA-1', 'SHA-256', 'SHA-512'] }).notNull(),
    iterations: integer('iterations').notNull(),
    saltLength: integer('salt_length').notNull(),
    keyLength: integer('key_length').notNull(),
  },
  (table) => [
    unique().on(table.hash, table.iterations, table.saltLength, table.keyLength),
    check('foreign_layers_hash', sql`${table.hash} in ('SHA-1', 'SHA-256', 'SHA-512')`),
    check('foreign_layers_iterations', sql`${table.iterations} between 1 and 100000`),
  ],
);

/**
 * A user. The id is text, so that the GUIDs of an ASP.NET Identity system stay as they are.
 * A user without a password hash exists, but cannot log in.
 */
export const users = pgTable(
  'users',
  {
    id: text('id').primaryKey(),
    userName: text('user_name').notNull(),
    /** The result of `normalizeUserName(userName)`. A login looks the user up by it. */
    normalizedUserName: codePointText('normalized_user_name').notNull().unique(),
    email: text('email'),
    /**
     * Whether the address is known to be the user's own: an operator or its source says so, or a mailed link was used. Only a confirmed
     * address gets mail. An address that somebody typed once would be a way into the account.
     */
    emailConfirmed: boolean('email_confirmed').notNull().default(false),
    passwordHash: text('password_hash'),
    /** The foreign layer that the password hash begins with, if that layer is listed. */
    foreignLayerId: integer('foreign_layer_id').references(() => foreignLayers.id),
    /**
     * When the password was last set in Portero. It is null where an import has brought the password, because only then a
     * later import may bring another one. A hash that a login has renewed is of the same password, so it changes nothing.
     */
    passwordSetAt: timestamp('password_set_at', { withTimezone: true }),
    active: boolean('active').notNull().default(true),
    roleId: integer('role_id')
      .notNull()
      .references(() => roles.id),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
    lastLoginAt: timestamp('last_login_at', { withTimezone: true }),
  },
  (table) => {
    const name = table.normalizedUserName;
    const address = sql`lower(${table.email})`;
    return [
      // For the cron trigger. It forgets the layers that no user's hash begins with any more.
      index().on(table.foreignLayerId),
      // For lists: each index has the users of a filter in the order of their names.
      index().on(table.roleId, name),
      index('users_inactive_index').on(name).where(sql`not ${table.active}`),
      // For forgotten passwords.
      index('users_confirmed_address_index').on(address).where(sql`${table.emailConfirmed}`),
      // For searches: see `search-users.ts`.
      index('users_first_letter_index').on(sql`left(${address}, 1)`, name),
      index('users_first_letters_index').on(sql`left(${address}, 2)`, name),
      index('users_trigrams_index').using(
        'gin',
        name.op('gin_trgm_ops'),
        sql`${address} gin_trgm_ops`,
      ),
    ];
  },
);

export const LINK_KINDS = ['invitation', 'reset', 'forgotten'] as const;

/**
 * The one-time links that set a password: see `password-links.ts`. An ended link stays until the cron trigger deletes it,
 * because the links of the last hour are counted.
 *
 * The trigger `users_end_password_links` ends the open links of a user whose password, name or address was changed, and of
 * a user who was deactivated. So no statement can forget that. Only an import has to end them itself: it brings a password and
 * leaves `passwordSetAt` empty.
 */
export const passwordLinks = pgTable(
  'password_links',
  {
    /** The SHA-256 of the token, in Base64. The token itself is not stored, so nobody can use a link from the database. */
    tokenDigest: text('token_digest').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    kind: text('kind', { enum: LINK_KINDS }).notNull(),
    /** Whether the link went to the user's address and to nobody else. Its use confirms the address. */
    isMailed: boolean('is_mailed').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
    /** When the link was used or overtaken. */
    endedAt: timestamp('ended_at', { withTimezone: true }),
  },
  (table) => [
    index().on(table.userId),
    check('password_links_kind', sql`${table.kind} in ('invitation', 'reset', 'forgotten')`),
  ],
);

/**
 * How often a forgotten password was told, for each name or address that was typed: see `forgotten-requests.ts`. There is
 * one row for each of them, whether a user has it or not.
 */
export const forgottenRequests = pgTable('forgotten_requests', {
  /** A digest of what was typed, as in `login_attempts`. */
  nameDigest: text('name_digest').primaryKey(),
  requests: integer('requests').notNull(),
  firstCountedAt: timestamp('first_counted_at', { withTimezone: true }).notNull(),
});

export const NOTICE_KINDS = ['password_set', 'renamed', 'address_changed'] as const;

/**
 * The mails that the command line wants to be sent. Only the Worker can send mail, so the cron trigger does it: see
 * `notices.ts`.
 */
export const notices = pgTable(
  'notices',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    kind: text('kind', { enum: NOTICE_KINDS }).notNull(),
    /** The user name before the change, as the user knows it. */
    userName: text('user_name').notNull(),
    /** The confirmed address before the change. */
    address: text('address').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    check('notices_kind', sql`${table.kind} in ('password_set', 'renamed', 'address_changed')`),
  ],
);

/**
 * The recent attempts on a name: see `lockout.ts`. There is one row for each name that somebody tried, whether a user
 * has the name or not. The table is an ordinary table, because an unlogged table would forget every lock in a crash.
 *
 * There is no index on a time, because every attempt would have to write that index. The table holds few rows between
 * two prunings, so a pruning reads all of them.
 */
export const loginAttempts = pgTable('login_attempts', {
  /** A digest of the name. The typed name itself is never stored, because people type passwords into the name field. */
  nameDigest: text('name_digest').primaryKey(),
  /** The attempts that count. An attempt that turns out to be right is taken out again. */
  attempts: uuid('attempts').array().notNull(),
  firstCountedAt: timestamp('first_counted_at', { withTimezone: true }).notNull(),
  lastCountedAt: timestamp('last_counted_at', { withTimezone: true }).notNull(),
});

/** The salt of the digests of names. The migration makes its only row. The salt never leaves the database. */
export const loginAttemptSalt = pgTable(
  'login_attempt_salt',
  {
    isOnlyRow: boolean('is_only_row').primaryKey().default(true),
    /** 244 random bits. */
    salt: text('salt').notNull().default(sql`gen_random_uuid()::text || gen_random_uuid()::text`),
  },
  (table) => [check('login_attempt_salt_only_row', sql`${table.isOnlyRow}`)],
);
