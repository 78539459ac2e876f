/** The users of an ASP.NET Core Identity system, made up: the same ones at every run, with every case that an import meets. */
import { normalizeUserName } from '../../src/user-name.ts';

export interface OldRole {
  id: string;
  name: string;
  claims: OldClaim[];
}

export interface OldClaim {
  type: string;
  value: string;
}

export interface OldUser {
  id: string;
  userName: string;
  normalizedUserName: string;
  email: string | null;
  emailConfirmed: boolean;
  hash: OldHash | null;
  securityStamp: string;
  phoneNumber: string | null;
  twoFactorEnabled: boolean;
  lockoutEnabled: boolean;
  lockoutEnd: Date | null;
  /** The system's own flag. */
  activo: boolean;
  roles: OldRole[];
  claims: OldClaim[];
  /** Names of providers. */
  logins: string[];
  passkeys: number;
}

export interface OldHash {
  kind: 'V2' | 'V3 SHA256' | 'V3 SHA512' | 'bcrypt' | 'cut';
  text: string;
  /** `undefined` where no import can take it. */
  password?: string;
}

/** Made once with these passwords, because each costs time. */
const HASHES = {
  v2: {
    kind: 'V2',
    text: 'AAiU6UPpW81305Y6vION1dfvF1uWCWnaM5JyRqSAJPyIO5TecPIgKC7ePBEKxrJw/A==',
    password: 'Verano-2009 antiguo',
  },
  sha256: {
    kind: 'V3 SHA256',
    text: 'AQAAAAEAACcQAAAAEKIA/Im6jUpqsATrfq5rA+2NbQOJcRDzWomz3lzL52gyybuI7UWR+xgu6hwLX97pBg==',
    password: 'Otono-2016 mediano',
  },
  sha512: {
    kind: 'V3 SHA512',
    text: 'AQAAAAIAAYagAAAAEFHt744wPK1tbINZlIp4xe+PHTdoorZw1esDu0DDBUCLSl6MGegCEhFD9nofaEp+RA==',
    password: 'Invierno-2024 nuevo',
  },
  bcrypt: {
    kind: 'bcrypt',
    text: '$2a$11$Lr0m5qIuGvJ9CzVtWb4pfeX8kYdNsHa2RoPu6TiMg1EwQxZyOcBjK',
  },
  // Its key still has 16 bytes, so it looks like a whole one of other parameters.
  cut: {
    kind: 'cut',
    text: 'AQAAAAEAACcQAAAAEKIA/Im6jUpqsATrfq5rA+2NbQOJcRDzWomz3lzL52gy',
  },
} satisfies Record<string, OldHash>;

const permission = (value: string): OldClaim => ({ type: 'permission', value });

const SALES: OldRole = {
  id: '5f0c0001-0000-4000-8000-000000000001',
  name: 'Ventas',
  claims: [permission('invoices.read'), permission('factura.editar')],
};
const STORE: OldRole = {
  id: '5f0c0001-0000-4000-8000-000000000002',
  name: 'Almacén',
  claims: [{ type: 'departamento', value: 'logística' }],
};
const MANAGEMENT: OldRole = {
  id: '5f0c0001-0000-4000-8000-000000000003',
  name: 'Gerencia',
  claims: [permission('invoices.read'), permission('users.create')],
};
const ADMINISTRATOR: OldRole = {
  id: '5f0c0001-0000-4000-8000-000000000004',
  name: 'Administrador',
  claims: [permission('users.create')],
};

export const OLD_ROLES = [SALES, STORE, MANAGEMENT, ADMINISTRATOR];

/** What .NET's largest date becomes: an administrator's way of disabling an account. */
export const FOREVER = new Date('9999-12-31T23:59:59.999Z');

const SHORT_LOCK_MS = 10 * 60_000;

/** Every n-th user, beginning with one of them. Primes meet in all combinations. */
const isEvery = (n: number, index: number, first: number) => index % n === first;

/** @param index from 0 on @param now when locks are running */
export function oldUser(index: number, now: Date): OldUser {
  const userName = nameOf(index);
  const isLockedForever = isEvery(17, index, 3);
  const isLockedShortly = isEvery(19, index, 5);
  /** Somebody has set an end, but locks do not count for this user. */
  const isExempt = isEvery(23, index, 7);
  const shortEnd = isLockedShortly ? new Date(now.getTime() + SHORT_LOCK_MS) : null;
  return {
    id: idOf(index),
    userName,
    normalizedUserName: normalizeUserName(userName),
    email: emailOf(index),
    emailConfirmed: !isEvery(11, index, 4),
    hash: hashOf(index),
    securityStamp: `STAMP${index.toString(32).toUpperCase().padStart(27, 'A')}`,
    phoneNumber: isEvery(3, index, 0) ? `+34600${String(index).padStart(7, '0')}` : null,
    twoFactorEnabled: isEvery(13, index, 6),
    lockoutEnabled: !isExempt,
    lockoutEnd: isLockedForever || isExempt ? FOREVER : shortEnd,
    activo: !isEvery(29, index, 8),
    roles: rolesOf(index),
    claims: [
      ...(isEvery(5, index, 0) ? [{ type: 'departamento', value: `D${index % 12}` }] : []),
      ...(isEvery(8, index, 1) ? [{ type: 'idioma', value: 'es' }] : []),
    ],
    logins: [
      ...(isEvery(10, index, 2) ? ['Google'] : []),
      ...(isEvery(15, index, 9) ? ['Microsoft'] : []),
    ],
    passkeys: isEvery(31, index, 10) ? 2 : 0,
  };
}

/** Spread over all ids, as random ones are. */
function idOf(index: number): string {
  const first = (Math.imul(index + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0');
  return `${first}-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;
}

function nameOf(index: number): string {
  if (isEvery(43, index, 13)) return ` relleno${index} `;
  if (isEvery(47, index, 14)) return `DOMINIO\\usuario${index}`;
  if (isEvery(9, index, 2)) return `josé.núñez${index}`;
  return `usuario${index}`;
}

function emailOf(index: number): string | null {
  if (isEvery(41, index, 12)) return null;
  return `usuario${isEvery(37, index, 11) ? index - 1 : index}@example.org`;
}

function hashOf(index: number): OldHash | null {
  const kind = index % 20;
  if (kind < 3) return HASHES.v2;
  if (kind < 10) return HASHES.sha256;
  if (kind < 18) return HASHES.sha512;
  if (kind === 18) return null;
  return index % 40 === 19 ? HASHES.bcrypt : HASHES.cut;
}

function rolesOf(index: number): OldRole[] {
  if (index === 1) return [ADMINISTRATOR];
  return [[], [SALES], [SALES], [STORE], [SALES, STORE], [MANAGEMENT], [SALES]][index % 7] ?? [];
}

/** Makes the first `count` users. */
export function* oldUsers(count: number, now: Date): Generator<OldUser> {
  for (let index = 0; index < count; index++) yield oldUser(index, now);
}
