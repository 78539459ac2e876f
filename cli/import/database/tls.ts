/**
 * TLS to a database.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { OperatorError } from '../../operator-error.ts';
import type { ServerAddress } from './connection-string.ts';

/** The options that Node's `tls.connect` takes. */
export interface TlsOptions {
  rejectUnauthorized: boolean;
  /** A certificate authority, as PEM. */
  ca?: string;
}

/** @returns `undefined` for a connection without TLS */
export function tlsOptions({ tls, rootCertificate }: ServerAddress): TlsOptions | undefined {
  if (tls === 'off') return undefined;
  const ca = rootCertificate === undefined ? {} : { ca: readCertificate(rootCertificate) };
  return { rejectUnauthorized: tls === 'verified', ...ca };
}

function readCertificate(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new OperatorError(
      `sslrootcert in the connection string names ${file}, which cannot be read.`,
    );
  }
}
