/**
 * What the errors of MySQL, MariaDB and their driver mean.
 *
 * @module
 */
import { type Fault, refusedWith } from './faults.ts';
import { codeOf, networkFault } from './network-faults.ts';

/** What an error of the driver means. */
export function mysqlFault(error: unknown): Fault {
  const code = codeOf(error);
  if (Object.hasOwn(CODES, code)) return CODES[code] as Fault;
  // The driver puts this code in place of that of Node's TLS.
  if (code === 'HANDSHAKE_SSL_ERROR') {
    if (/altnames/.test(String(error))) return 'tls_other_host';
    return /certificat/.test(String(error)) ? 'tls_untrusted' : 'tls_failed';
  }
  return networkFault(error) ?? refusedWith(code);
}

/** The driver's names are those of the MySQL Server Error Message Reference. */
const CODES: Record<string, Fault> = {
  ER_ACCESS_DENIED_ERROR: 'wrong_password',
  ER_ACCESS_DENIED_NO_PASSWORD_ERROR: 'no_password',
  ER_HOST_NOT_PRIVILEGED: 'login_refused',
  ER_HOST_IS_BLOCKED: 'login_refused',
  ER_ACCOUNT_HAS_BEEN_LOCKED: 'login_refused',
  ER_MUST_CHANGE_PASSWORD: 'login_refused',
  ER_MUST_CHANGE_PASSWORD_LOGIN: 'login_refused',
  ER_NOT_SUPPORTED_AUTH_MODE: 'unknown_login_method',
  AUTH_SWITCH_PLUGIN_ERROR: 'unknown_login_method',
  MYSQL_CLEAR_PASSWORD_NOT_ENABLED: 'unknown_login_method',
  ER_DBACCESS_DENIED_ERROR: 'no_such_database',
  ER_BAD_DB_ERROR: 'no_such_database',
  ER_TABLEACCESS_DENIED_ERROR: 'not_allowed',
  ER_COLUMNACCESS_DENIED_ERROR: 'not_allowed',
  ER_VIEW_INVALID: 'not_allowed',
  ER_NO_SUCH_TABLE: 'no_such_table',
  ER_BAD_FIELD_ERROR: 'no_such_table',
  ER_TABLE_DEF_CHANGED: 'no_such_table',
  ER_CON_COUNT_ERROR: 'too_many_connections',
  ER_USER_LIMIT_REACHED: 'too_many_connections',
  ER_TOO_MANY_USER_CONNECTIONS: 'too_many_connections',
  HANDSHAKE_NO_SSL_SUPPORT: 'tls_missing',
  ER_SECURE_TRANSPORT_REQUIRED: 'tls_required',
  ER_SERVER_SHUTDOWN: 'ended_by_server',
  ER_QUERY_INTERRUPTED: 'ended_by_server',
  ER_QUERY_TIMEOUT: 'ended_by_server',
  ER_STATEMENT_TIMEOUT: 'ended_by_server',
  ER_CONNECTION_KILLED: 'ended_by_server',
  ER_LOCK_WAIT_TIMEOUT: 'locked',
  PROTOCOL_CONNECTION_LOST: 'lost',
};
