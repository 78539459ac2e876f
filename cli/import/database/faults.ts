/**
 * What can go wrong with a database, and the sentence for each. A driver's own message is never shown: it may quote the
 * connection string or a row.
 *
 * @module
 */
import { OperatorError } from '../../operator-error.ts';

/** `statement_refused` carries the code that the database has given, and nothing else of its answer. */
export type Fault = Reason | { reason: 'statement_refused'; code: string };

type Reason =
  | 'unknown_host'
  | 'nobody_listens'
  | 'unreachable'
  | 'wrong_password'
  | 'no_password'
  | 'login_refused'
  | 'unknown_login_method'
  | 'no_such_database'
  | 'no_such_table'
  | 'not_allowed'
  | 'too_many_connections'
  | 'not_ready'
  | 'tls_missing'
  | 'tls_required'
  | 'tls_untrusted'
  | 'tls_other_host'
  | 'tls_failed'
  | 'ended_by_server'
  | 'lost'
  | 'silent'
  | 'closed'
  | 'unreadable_file'
  | 'not_a_database'
  | 'locked'
  | 'unknown';

/** Where a fault has happened. */
export interface Place {
  /** With the article: `the database shop at db.example.org:5432`. */
  database: string;
  /** `db.example.org:5432`, or the file. */
  address: string;
  /** The table that is read, as `SourceTable` names it. */
  table?: string;
}

const TLS_WAY_OUT =
  'sslmode=no-verify in the connection string reads it all the same, but then anybody on the way can read the password';

const SENTENCES: Record<Reason, (place: Place) => string> = {
  unknown_host: ({ address }) => `The host of ${address} is not known. Check the address.`,
  nobody_listens: ({ address }) =>
    `Nobody answers at ${address}. Check the address, and whether the database is running.`,
  unreachable: ({ address }) =>
    `${address} cannot be reached, or does not answer in time. Check the address, and whether a firewall is in the way.`,
  wrong_password: ({ database }) =>
    `The user and the password do not open ${database}. The password is in the connection string, or in SOURCE_PASSWORD.`,
  no_password: ({ database }) =>
    `A password is needed for ${database}. Set SOURCE_PASSWORD to the password.`,
  login_refused: ({ database }) =>
    `The user may not open ${database} from this machine in this way. If the server wants TLS, write sslmode=require in the ` +
    'connection string.',
  unknown_login_method: ({ address }) =>
    `The server at ${address} wants a way of logging in that this command does not know. Use a user with a password.`,
  no_such_database: ({ database }) =>
    `${capitalized(database)} does not exist, or the user may not open it.`,
  no_such_table: ({ database, table = 'a table' }) =>
    `There is no ${table} in ${database} any more, or one of its columns has gone. Run the command again.`,
  not_allowed: ({ database, table = 'its tables' }) =>
    `The user may not read all of ${table} in ${database}. Let the user read the table and its schema, and where the table ` +
    'has row-level security, let the user see every row.',
  too_many_connections: ({ address }) =>
    `The server at ${address} has no connection left. Try again later.`,
  not_ready: ({ address }) =>
    `The server at ${address} is starting or shutting down. Try again later.`,
  tls_missing: ({ address }) =>
    `The server at ${address} has no TLS. Where nobody can listen on the way, write sslmode=disable in the connection string.`,
  tls_required: ({ address }) =>
    `The server at ${address} wants TLS. Write sslmode=require in the connection string.`,
  tls_untrusted: ({ address }) =>
    `The certificate of ${address} is not signed by anyone whom this machine trusts, or has expired. Name the file with ` +
    `the certificate that signs it, with sslrootcert=FILE in the connection string. ${TLS_WAY_OUT}.`,
  tls_other_host: ({ address }) =>
    `The certificate of ${address} is for another host name. Use the name that the certificate has. ${TLS_WAY_OUT}.`,
  tls_failed: ({ address }) => `The server at ${address} and this machine find no common TLS.`,
  ended_by_server: ({ database, table }) =>
    `The server has ended what was read from ${database}${meanwhile(table)}: a time limit was over, or somebody has ended ` +
    'it. Try again.',
  lost: ({ database, table }) => `The connection to ${database} was lost${meanwhile(table)}.`,
  silent: ({ database, table }) =>
    `Nothing comes from ${database} any more${meanwhile(table)}. It may wait for a lock.`,
  closed: ({ database, table }) => `The connection to ${database} was closed${meanwhile(table)}.`,
  unreadable_file: ({ address }) =>
    `${address} cannot be read. Check who may read it. If there is a file ${address}-wal, copy both into a folder that you may ` +
    'write to, and import the copy.',
  not_a_database: ({ address }) => `${address} is not a SQLite database, or it is encrypted.`,
  locked: ({ database, table }) =>
    `Another program keeps ${table ?? 'a table'} in ${database} locked. Try again later.`,
  unknown: ({ database, table }) =>
    `The answer of ${database} is not understood${meanwhile(table)}. Try again, or import files.`,
};

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function meanwhile(table: string | undefined): string {
  return table === undefined ? '' : `, while ${table} was read`;
}

/** Makes the error for the operator. */
export function explain(fault: Fault, place: Place): OperatorError {
  if (typeof fault === 'string') return new OperatorError(SENTENCES[fault](place));
  const { database, table } = place;
  return new OperatorError(
    `The statement for ${table ?? 'the tables'} was refused by ${database} with the error ${fault.code}.`,
  );
}

/** A code that may be shown: SQLSTATE `42601`, `ER_PARSE_ERROR`, `SQLITE_ERROR`. */
const CODE = /^[A-Z0-9_]{1,60}$/;

/** Makes the fault of a code that no adapter knows. */
export function refusedWith(code: unknown): Fault {
  const text = String(code ?? '');
  return CODE.test(text) ? { reason: 'statement_refused', code: text } : 'unknown';
}
