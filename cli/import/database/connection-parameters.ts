/**
 * What follows the question mark in a connection string. The names and words are the same for every database.
 *
 * @module
 */
import { OperatorError } from '../../operator-error.ts';

/** A database that is a server. `mysql` is MariaDB too. */
export type ServerKind = 'postgresql' | 'mysql' | 'sqlserver';

/** `unverified` encrypts for whoever answers. */
export type TlsMode = 'off' | 'unverified' | 'verified';

/** The usual words, which PostgreSQL's and MySQL's own tools write. No word means a connection that is only perhaps encrypted. */
const SSL_MODES: Record<string, TlsMode> = {
  disable: 'off',
  disabled: 'off',
  'no-verify': 'unverified',
  require: 'verified',
  required: 'verified',
  'verify-ca': 'verified',
  verify_ca: 'verified',
  'verify-full': 'verified',
  verify_identity: 'verified',
};

/** The parameters of each product. MySQL's own tools write `ssl-mode`, so `-` and `_` do not count. */
const PARAMETERS: Record<ServerKind, Record<string, string>> = {
  postgresql: { sslmode: 'sslmode', sslrootcert: 'sslrootcert', channelbinding: 'channel_binding' },
  mysql: { sslmode: 'sslmode', sslrootcert: 'sslrootcert' },
  sqlserver: { sslmode: 'sslmode', sslrootcert: 'sslrootcert', instance: 'instance' },
};

/**
 * Reads the parameters.
 *
 * @param query what is behind the question mark
 * @throws OperatorError with nothing of the query in it
 */
export function parseParameters(query: string, kind: ServerKind) {
  const known = PARAMETERS[kind];
  const values: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    const key = name.toLowerCase().replace(/[-_]/g, '');
    if (!Object.hasOwn(known, key) || Object.hasOwn(values, key)) {
      throw new OperatorError(
        `The connection string has a parameter that is not known, or has one twice. Known are ${Object.values(known).join(', ')}.`,
      );
    }
    values[key] = value;
  }
  const { sslmode, sslrootcert, channelbinding, instance } = values;
  const tls = sslmode === undefined ? undefined : SSL_MODES[sslmode.toLowerCase()];
  if (sslmode !== undefined && tls === undefined) {
    throw new OperatorError(
      'sslmode in the connection string is none of disable, require, verify-full and no-verify. ' +
        'require verifies the certificate, as verify-full does.',
    );
  }
  return {
    tls,
    rootCertificate: sslrootcert === 'system' ? undefined : sslrootcert,
    channelBinding: channelbinding !== undefined && channelbinding !== 'disable',
    instance,
  };
}
