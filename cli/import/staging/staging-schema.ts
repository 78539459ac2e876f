/**
 * The tables of the staging database.
 *
 * Ids are joined by their *keys*, because two tools may write one GUID in two cases.
 *
 * @module
 */

/** A user has one row, a rejected row too. The columns from `role_set` on are what later steps find out. */
const USERS = `
  create table users (
    number integer primary key,
    id text, id_key text, exported_id text,
    user_name text, normalized_user_name text, email text,
    is_normalized_alike integer, hash text, hash_kind text, key_length integer, dropped_hash text, stamp_digest text, created_at text,
    is_flagged_active integer, is_email_confirmed integer, has_second_factor integer,
    locked_until integer,
    tenant text, has_phone_number integer, has_question_mark integer, has_wide_letters integer,
    problem text,
    role_set text, role text,
    active integer, inactive_because text, inactive_by text,
    outcome text, details text, is_done integer not null default 0
  ) strict;
  create index users_by_id on users (id);
  create index users_by_name on users (normalized_user_name);
  create index users_by_key on users (id_key);`;

const ROLES = `
  create table roles (id_key text primary key, name text not null, tenant text) strict, without rowid;
  create table memberships (
    user_key text, role_key text, primary key (user_key, role_key)
  ) strict, without rowid;
  create table assignments (
    role_set text primary key, role text, problem text
  ) strict, without rowid;
  create table role_claims (
    role_key text, type text, value text, primary key (role_key, type, value)
  ) strict, without rowid;`;

/** What does not arrive, and what cannot be read in the tables beside the users. */
const REST = `
  create table users_of_other_tenants (user_key text primary key) strict, without rowid;
  create table left_behind (
    kind text, name text, rows integer not null, primary key (kind, name)
  ) strict, without rowid;
  create table faults (kind text, table_name text, reason text, place text) strict;`;

export const STAGING_SCHEMA = USERS + ROLES + REST;

/** Joins the names of several roles in `users.role_set`. No name holds it, because nobody could see it. */
export const ROLE_SEPARATOR = '\u001f';
