/**
 * Cloudflare's published test keys, which pass or fail whoever holds the dummy token.
 * https://developers.cloudflare.com/turnstile/troubleshooting/testing/
 *
 * @module
 */

export const TEST_SECRETS = {
  passes: '1x0000000000000000000000000000000AA',
  fails: '2x0000000000000000000000000000000AA',
  isSpent: '3x0000000000000000000000000000000AA',
};

export const TEST_SITE_KEY = '1x00000000000000000000AA';

/** What siteverify answers for a test secret, whatever page the widget stands on. */
export const TEST_HOSTNAME = 'example.com';

export function isTestSecret(secret: string): boolean {
  return Object.values(TEST_SECRETS).includes(secret);
}
