/**
 * What has changed since the last import, and on which side.
 *
 * Three versions of a user are compared, as a version control system compares them: the user in the source, the user in
 * Portero, and the *record* of what the last import has read.
 *
 * @module
 */
import { lowerCaseGuid } from '../row/user-id.ts';

/** What an import brings of a user, beside the password. */
interface Values {
  userName: string;
  email: string | null;
  /** Of the address. `false` where there is none, and where the source does not say it. */
  emailConfirmed: boolean;
  active: boolean;
  /** The name of the role. */
  role: string;
}

/** A user as the source has it. */
export interface SourceUser extends Values {
  id: string;
  normalizedUserName: string;
  /** The columns that make an inactive user inactive, with commas between them. */
  inactiveBy: string | null;
  /** The SHA-256 of the security stamp. `null` where the source has no stamps. */
  stampDigest: string | null;
  hasPassword: boolean;
}

/** What a source can tell of its users at all. What it does not have has not changed. */
export interface Knowledge {
  hasEmails: boolean;
  hasRoles: boolean;
  hasColumn(name: string): boolean;
}

/** What the last import of this source has read. A value that nobody knows is `null`. */
export type ImportRecord = { [Name in keyof Values]: Values[Name] | null } & {
  inactiveBy: string | null;
  stampDigest: string | null;
};

/** A user as Portero has it. */
export interface PresentUser extends Values {
  id: string;
  normalizedUserName: string;
  isAdmin: boolean;
  hasPassword: boolean;
  /** The password was set in Portero. No import overwrites it. */
  isPasswordOwn: boolean;
  /** `null` where no import of this source has brought the user. */
  record: ImportRecord | null;
  /** An import of another source has brought the user. */
  isOfOtherSource: boolean;
}

export const FIELDS = ['userName', 'email', 'active', 'role', 'password'] as const;
export type Field = (typeof FIELDS)[number];

export interface Comparison {
  /** What has changed in the source, and not in Portero. An update brings it. */
  changed: Field[];
  /** What differs because it was changed in Portero. It stays. */
  kept: Field[];
  /** What differs, and nobody knows on which side it was changed, because there is no record. It stays. */
  unknown: Field[];
  /** The user was inactive in the source, which does not say any more why. The user stays inactive. */
  isStillInactive: boolean;
}

/**
 * An address or a password where Portero has none and nobody has recorded one is new: it takes nothing away.
 *
 * ```ts
 * // The record says ana@old.example, and so does Portero. The source says ana@new.example.
 * compareUser(source, present, knowledge); // { changed: ['email'], kept: [], … }
 * ```
 */
export function compareUser(
  source: SourceUser,
  present: PresentUser,
  knowledge: Knowledge,
): Comparison {
  const { record } = present;
  const comparison: Comparison = { changed: [], kept: [], unknown: [], isStillInactive: false };
  for (const field of VALUES) {
    if (isSame(field, source, present, knowledge)) continue;
    if (!isTold(field, source, present, knowledge)) {
      comparison.isStillInactive ||= field === 'active';
      continue;
    }
    // Where the flag of an address alone differs, only Portero or another source can have confirmed it.
    const isUnknown = record === null && source[field] !== present[field];
    const side = isUnknown ? 'unknown' : 'kept';
    comparison[isAsRecorded(field, source, present) ? 'changed' : side].push(field);
  }
  const password = comparePassword(source, present);
  if (password !== 'same') comparison[password].push('password');
  return comparison;
}

/** `email` is the address together with its flag, because a flag says nothing of another address. */
const VALUES = ['userName', 'email', 'active', 'role'] as const satisfies (keyof Values)[];
type ValueField = (typeof VALUES)[number];

const EMAIL_CONFIRMED = 'EmailConfirmed';

/** A source that does not say which addresses are confirmed tells of the address alone. */
function isSame(
  field: ValueField,
  source: SourceUser,
  present: PresentUser,
  { hasColumn }: Knowledge,
): boolean {
  if (source[field] !== present[field]) return false;
  if (field !== 'email' || !hasColumn(EMAIL_CONFIRMED)) return true;
  return source.emailConfirmed === present.emailConfirmed;
}

/**
 * Whether Portero still has what the last import has read. A flag that nobody has recorded is that of an unconfirmed
 * address. So a source can confirm the address of a user who has no record, which takes nothing away either.
 */
function isAsRecorded(field: ValueField, source: SourceUser, present: PresentUser): boolean {
  const { record } = present;
  const known = record?.[field] ?? null;
  if (field !== 'email') return known === present[field];
  const isAddressKept =
    known === present.email || (known === null && source.email === present.email);
  return isAddressKept && (record?.emailConfirmed ?? false) === present.emailConfirmed;
}

/** Whether the source has what says this of the user. Without a column of flags, every user looks active. */
function isTold(
  field: ValueField,
  source: SourceUser,
  { record }: PresentUser,
  { hasEmails, hasRoles, hasColumn }: Knowledge,
): boolean {
  switch (field) {
    case 'userName':
      return true;
    case 'email':
      return hasEmails;
    case 'role':
      return hasRoles;
    case 'active':
      return !source.active || (record?.inactiveBy?.split(',') ?? []).every(hasColumn);
  }
}

/** No digest of a hash is kept, so the security stamp tells: Identity changes it with the password. */
function comparePassword(source: SourceUser, present: PresentUser): 'same' | 'changed' | 'kept' {
  const known = present.record?.stampDigest ?? null;
  const isChanged = known !== null && source.stampDigest !== null && known !== source.stampDigest;
  const isFirst = source.hasPassword && !present.hasPassword;
  if (!isChanged && !isFirst) return 'same';
  return present.isPasswordOwn ? 'kept' : 'changed';
}

/**
 * The record after an update. A difference that stays was told, and is Portero's from then on. Where nobody knows on which
 * side it was made, it stays unknown until both sides agree.
 */
export function recordAfter(
  source: SourceUser,
  present: PresentUser,
  { changed }: Comparison,
  knowledge: Knowledge,
): ImportRecord {
  const { record } = present;
  const isToldNow = (field: ValueField) => isTold(field, source, present, knowledge);
  const afterwards = <Name extends ValueField>(field: Name): Values[Name] | null => {
    const before = record?.[field] ?? null;
    if (!isToldNow(field)) return before as Values[Name] | null;
    const isKnown =
      source[field] === (present[field] as Values[Name]) ||
      changed.includes(field) ||
      before !== null;
    return isKnown ? source[field] : null;
  };
  const email = afterwards('email');
  const isNewAddress = email !== (record?.email ?? null);
  const isFlagRead =
    email === source.email && (isNewAddress || knowledge.hasColumn(EMAIL_CONFIRMED));
  return {
    userName: afterwards('userName'),
    email,
    emailConfirmed: isFlagRead ? source.emailConfirmed : (record?.emailConfirmed ?? null),
    active: afterwards('active'),
    inactiveBy: isToldNow('active') ? source.inactiveBy : (record?.inactiveBy ?? null),
    role: afterwards('role'),
    stampDigest: source.stampDigest ?? record?.stampDigest ?? null,
  };
}

export function isSameRecord(one: ImportRecord, other: ImportRecord | null): boolean {
  const names = Object.keys(one) as (keyof ImportRecord)[];
  return other !== null && names.every((name) => one[name] === other[name]);
}

/**
 * Whether a user of the source and a user of Portero with the same id are one person. A GUID is one person's for ever. A
 * number may be another person's in another old system, so something else has to be the same too.
 */
export function isSamePerson(source: SourceUser, present: PresentUser): boolean {
  if (isGuid(source.id)) return true;
  const { record } = present;
  const isSameName = source.normalizedUserName === present.normalizedUserName;
  const isSameEmail =
    source.email !== null && isSameText(source.email, record?.email ?? present.email);
  const isSameStamp =
    record !== null && record.stampDigest !== null && record.stampDigest === source.stampDigest;
  if (isSameEmail || isSameStamp) return true;
  return isSameName && (record !== null || !present.isOfOtherSource);
}

function isSameText(one: string, other: string | null): boolean {
  return one.toLowerCase() === other?.toLowerCase();
}

const GUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

function isGuid(id: string): boolean {
  return GUID.test(lowerCaseGuid(id));
}
