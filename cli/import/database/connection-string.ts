/**
 * The connection string of the old system's database.
 *
 * @module
 */
import { isLoopback } from '../../../src/db/database-address.ts';
import { OperatorError } from '../../operator-error.ts';
import { parseParameters, type ServerKind, type TlsMode } from './connection-parameters.ts';

/** Where the old system's tables are. */
export type Address = ServerAddress | FileAddress;

export interface FileAddress {
  kind: 'sqlite';
  file: string;
}

export interface ServerAddress {
  kind: ServerKind;
  /** A name or an IP address. Where it begins with `/`, a socket in the file system. */
  host: string;
  port: number;
  user: string;
  /** `undefined` leaves it to the driver. */
  password: string | undefined;
  database: string;
  tls: TlsMode;
  /** The file of a certificate that signs the server's. `undefined` trusts whom Node trusts. */
  rootCertificate: string | undefined;
  /** Binds the login to the TLS connection (RFC 5929). PostgreSQL alone. */
  channelBinding: boolean;
  /** A named instance of SQL Server. */
  instance: string | undefined;
}

const SCHEMES: Record<string, { kind: ServerKind; port: number }> = {
  postgresql: { kind: 'postgresql', port: 5432 },
  postgres: { kind: 'postgresql', port: 5432 },
  mysql: { kind: 'mysql', port: 3306 },
  mariadb: { kind: 'mysql', port: 3306 },
  sqlserver: { kind: 'sqlserver', port: 1433 },
  mssql: { kind: 'sqlserver', port: 1433 },
};

const FORMS =
  'postgresql://user@host/database, mysql://user@host/database, sqlserver://user@host/database or sqlite:FILE';

/** .NET's own form: `Server=…;Database=…`. It is told from a file so that its password is not shown as a file's name. */
const DOTNET_FORM =
  /^\s*(?:server|host|data ?source|address|addr|user ?id|username|uid|port|database|initial catalog|filename)\s*=/i;

/**
 * Whether a source is meant as a connection string, and not as a file or a folder. Some of these are none that can be used.
 *
 * ```ts
 * isConnectionString('sqlite:app.db'); // true
 * isConnectionString('users.csv'); // false
 * ```
 */
export function isConnectionString(source: string): boolean {
  return /^\s*(?:sqlite:|jdbc:|[a-z][a-z0-9+.-]+:\/\/)/i.test(source) || DOTNET_FORM.test(source);
}

/**
 * Reads a connection string. TLS is verified unless the host is this machine, or `sslmode` says otherwise.
 *
 * ```ts
 * parseConnectionString('mysql://reader@db.example.org/shop', 's3cr3t').tls; // verified
 * ```
 *
 * @param source `postgresql://`, `postgres://`, `mysql://`, `mariadb://`, `sqlserver://`, `mssql://` with
 *   `user:password@host:port/database?sslmode=…&sslrootcert=…` (RFC 3986), or `sqlite:FILE`
 * @param sourcePassword the password, where the string has none
 * @throws OperatorError where a part cannot be read. No part is in its message but the names of known parameters
 */
export function parseConnectionString(source: string, sourcePassword?: string): Address {
  const text = source.trim();
  if (/^sqlite:/i.test(text)) return parseFile(text);
  const [, scheme = '', authority = '', path = '', query = ''] =
    /^([a-z][a-z0-9+.-]+):\/\/([^/?#]*)([^?]*)(?:\?(.*))?$/is.exec(text) ?? [];
  const server = SCHEMES[scheme.toLowerCase()];
  if (server === undefined)
    throw new OperatorError(`The connection string has none of the forms ${FORMS}.`);
  // Behind the host, an @ or a # comes from a password that is not escaped. Nothing after it can be trusted to be what it seems.
  if (/[@#]/.test(path + query)) throw new OperatorError(UNREADABLE_PASSWORD);
  const { user, password, host, port } = parseAuthority(authority);
  const parameters = parseParameters(query, server.kind);
  const database = decode(path.slice(1));
  if (database === '' || database.includes('/')) {
    throw new OperatorError(
      'The connection string needs one database name behind the host, such as /shop.',
    );
  }
  return {
    kind: server.kind,
    host,
    port: port ?? server.port,
    user,
    password: password ?? sourcePassword,
    database,
    ...parameters,
    tls: parameters.tls ?? (isThisMachine(host) ? 'off' : 'verified'),
  };
}

const UNREADABLE_PASSWORD =
  'The connection string has an @ or a # behind the host. In the password, write @ as %40, / as %2F, : as %3A, ? as %3F, ' +
  '# as %23 and % as %25. Or leave the password out, and set SOURCE_PASSWORD to it.';

/** @param text `user:password@host:port`. The last @ ends the password */
function parseAuthority(text: string) {
  const [, credentials = '', address = ''] = /^(?:(.*)@)?(.*)$/s.exec(text) ?? [];
  const [, user = '', password] = /^([^:]*)(?::(.*))?$/s.exec(credentials) ?? [];
  const [, host = '', port] = /^(\[[^\]]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(address) ?? [];
  if (host === '') {
    throw new OperatorError(
      'The connection string has no host, or a port that is not a number: write user@host:port behind the two slashes.',
    );
  }
  if (user === '')
    throw new OperatorError('The connection string has no user: write user@ before the host.');
  return {
    user: decode(user),
    password: password === undefined || password === '' ? undefined : decode(password),
    host: decode(host.replace(/^\[|\]$/g, '')),
    port: port === undefined ? undefined : Number(port),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new OperatorError(
      'The connection string has a % that begins no escape. Write % itself as %25.',
    );
  }
}

function isThisMachine(host: string): boolean {
  return host.startsWith('/') || host === '::1' || isLoopback(host.toLowerCase());
}

/** @param text `sqlite:app.db`, whose name is taken as it is, or `sqlite:///var/lib/app.db`, a URL with escapes */
function parseFile(text: string): FileAddress {
  const name = text.slice('sqlite:'.length);
  const file = name.startsWith('//') ? decode(name.slice(2)) : name;
  if (file === '' || file === ':memory:') {
    throw new OperatorError('The connection string names no file: write sqlite:FILE.');
  }
  return { kind: 'sqlite', file };
}
