/**
 * What the errors of Node's sockets and TLS mean.
 *
 * @module
 */
import type { Fault } from './faults.ts';

const NETWORK_FAULTS: Record<string, Fault> = {
  ENOTFOUND: 'unknown_host',
  EAI_AGAIN: 'unknown_host',
  ECONNREFUSED: 'nobody_listens',
  ENOENT: 'nobody_listens', // the socket in the file system
  EACCES: 'nobody_listens',
  ETIMEDOUT: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ECONNRESET: 'lost',
  EPIPE: 'lost',
  ERR_TLS_CERT_ALTNAME_INVALID: 'tls_other_host',
  EPROTO: 'tls_failed',
};

/** Node passes on OpenSSL's names for what is wrong with a certificate (man openssl-verification-options). */
const CERTIFICATE_FAULT = /CERT|ISSUER|LEAF_SIGNATURE|CHAIN/;

/** What an error of a socket means. @returns `undefined` for an error that is none */
export function networkFault(error: unknown): Fault | undefined {
  const code = codeOf(error);
  if (Object.hasOwn(NETWORK_FAULTS, code)) return NETWORK_FAULTS[code];
  if (code.startsWith('ERR_SSL_')) return 'tls_failed';
  return CERTIFICATE_FAULT.test(code) ? 'tls_untrusted' : undefined;
}

/** The `code` of an error, or an empty text. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
