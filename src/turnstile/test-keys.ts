/**
 * Cloudflare's published test keys. With the dummy token of the test widget they pass or fail, whoever sends it.
 * https://developers.cloudflare.com/turnstile/troubleshooting/testing/
 *
 * @module
 */

export const TEST_SECRETS = {
  passes: '1x0000000000000000000000000000000AA',
  fails: '2x0000000000000000000000000000000AA',
  isSpent: '3x0000000000000000000000000000000AA',
};

/** The site keys of widgets that pass, block, pass invisibly, block invisibly, and ask for a click. */
export const TEST_SITE_KEYS = [
  '1x00000000000000000000AA',
  '2x00000000000000000000AB',
  '1x00000000000000000000BB',
  '2x00000000000000000000BB',
  '3x00000000000000000000FF',
] as const;

/** Siteverify answers this hostname for a test secret, on whatever page the widget stands. */
export const TEST_HOSTNAME = 'example.com';

export function isTestSecret(secret: string): boolean {
  return Object.values(TEST_SECRETS).includes(secret);
}

export function isTestSiteKey(siteKey: string | undefined): siteKey is string {
  return TEST_SITE_KEYS.some((known) => known === siteKey);
}
