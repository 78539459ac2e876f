/**
 * The one shape of what can fail: a value, or the reason why there is none.
 *
 * A *reason* is a short fixed string for the log. It never holds what a caller sent. An *answer* is the `Response` that
 * the caller gets. Few answers stand for many reasons.
 *
 * A lookup that finds nothing has not failed: it returns `undefined` or `null`.
 *
 * @module
 */

export interface Success<T> {
  readonly ok: true;
  readonly value: T;
}

/** `Details` are further facts about the failure. Nothing in them is secret. They are optional where all members are. */
export type Failure<Reason extends string, Details extends object = object> = {
  readonly ok: false;
  readonly reason: Reason;
} & (object extends Details ? { readonly details?: Details } : { readonly details: Details });

/** A value of type `T`, or a failure with one of the reasons. */
export type Result<T, Reason extends string, Details extends object = object> =
  | Success<T>
  | Failure<Reason, Details>;

/** Makes a success. Without a value, it says only that nothing failed. */
export function succeed(): Success<undefined>;
export function succeed<T>(value: T): Success<T>;
export function succeed(value?: unknown) {
  return { ok: true, value };
}

/** Makes a failure. */
export function fail<Reason extends string>(reason: Reason): { ok: false; reason: Reason };
export function fail<Reason extends string, Details extends object>(
  reason: Reason,
  details: Details,
): { ok: false; reason: Reason; details: Details };
export function fail(reason: string, details?: object) {
  return details === undefined ? { ok: false, reason } : { ok: false, reason, details };
}
