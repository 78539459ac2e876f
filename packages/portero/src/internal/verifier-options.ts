/**
 * The options that every verifier of this package has.
 *
 * @module
 */
import { MAX_CLOCK_TOLERANCE_SECONDS } from './verify-jwt.ts';

export interface VerifierOptions {
  /** Portero's `JWT_ISSUER`. */
  issuer: string;
  /** Portero's `JWT_AUDIENCE`. */
  audience: string;
  /**
   * How far the clocks of this service and of Portero may differ: whole seconds from 0 to 60, and 5 by default. A token
   * is accepted this much before its beginning and after its end.
   */
  clockToleranceSeconds?: number;
}

/**
 * Checks the options.
 *
 * @param own the names of the options that this verifier has beside them
 * @throws TypeError where an option is wrong, or where there is no such option
 */
export function checkOptions(options: VerifierOptions, verifier: string, own: string[]): void {
  if (typeof options !== 'object' || options === null) throw new TypeError('options are needed');
  const names = ['issuer', 'audience', 'clockToleranceSeconds', ...own];
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new TypeError(`${verifier} has no option ${unknown}`);
  const { issuer, audience, clockToleranceSeconds } = options;
  if (!issuer || !audience) throw new TypeError('issuer and audience are both needed');
  if (clockToleranceSeconds !== undefined && !isTolerance(clockToleranceSeconds)) {
    throw new TypeError(
      `clockToleranceSeconds is not a whole number from 0 to ${MAX_CLOCK_TOLERANCE_SECONDS}`,
    );
  }
}

function isTolerance(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds >= 0 && seconds <= MAX_CLOCK_TOLERANCE_SECONDS;
}
