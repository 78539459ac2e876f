/**
 * What the errors of PostgreSQL and its driver mean.
 *
 * @module
 */
import { type Fault, refusedWith } from './faults.ts';
import { codeOf, networkFault } from './network-faults.ts';

/** What an error of the driver means. */
export function postgresqlFault(error: unknown): Fault {
  const code = codeOf(error);
  if (Object.hasOwn(SQLSTATES, code)) return SQLSTATES[code] as Fault;
  const network = networkFault(error);
  if (network !== undefined) return network;
  if (code !== '') return refusedWith(code);
  return MESSAGES.find(([message]) => message.test(String(error)))?.[1] ?? 'unknown';
}

/** PostgreSQL's documentation, appendix A. */
const SQLSTATES: Record<string, Fault> = {
  '28P01': 'wrong_password',
  '28000': 'login_refused',
  '3D000': 'no_such_database',
  '42501': 'not_allowed',
  '42P01': 'no_such_table',
  '42703': 'no_such_table',
  '53300': 'too_many_connections',
  '55P03': 'locked',
  '57P03': 'not_ready',
  '57P01': 'ended_by_server',
  '57P02': 'ended_by_server',
  '57014': 'ended_by_server',
  '40001': 'ended_by_server', // a replica that follows its primary
};

/** What the driver itself says. These errors have no code. */
const MESSAGES: [RegExp, Fault][] = [
  [/does not support SSL/, 'tls_missing'],
  [/password must be a (?:non-empty )?string/, 'no_password'],
  [/^Error: SASL|authentication/i, 'unknown_login_method'],
  [/terminated|not queryable/, 'lost'],
];
