/** Password hashes as ASP.NET Core Identity makes them, by Node's own crypto. */
import { pbkdf2Sync, randomBytes } from 'node:crypto';

export const PRFS = ['sha1', 'sha256', 'sha512'] as const;
export type Prf = (typeof PRFS)[number];

/** Version 3; version 2 where there is no `prf`. Lengths are in bytes. */
export interface IdentityParameters {
  prf?: Prf;
  iterations?: number;
  saltLength?: number;
  keyLength?: number;
}

export function identityHash(password: string, parameters: IdentityParameters = {}): string {
  const { prf, iterations = 10_000, saltLength = 16, keyLength = 32 } = parameters;
  const salt = randomBytes(saltLength);
  if (prf === undefined) {
    const key = pbkdf2Sync(password, salt, 1000, 32, 'sha1');
    return Buffer.concat([Buffer.from([0]), salt, key]).toString('base64');
  }
  const key = pbkdf2Sync(password, salt, iterations, keyLength, prf);
  const header = version3Header(PRFS.indexOf(prf), iterations, saltLength);
  return Buffer.concat([header, salt, key]).toString('base64');
}

export function version3Header(prf: number, iterations: number, saltLength: number): Buffer {
  const bytes = Buffer.alloc(13);
  bytes.writeUInt8(1, 0);
  bytes.writeUInt32BE(prf, 1);
  bytes.writeUInt32BE(iterations, 5);
  bytes.writeUInt32BE(saltLength, 9);
  return bytes;
}
