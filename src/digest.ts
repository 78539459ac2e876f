/**
 * Digests of texts that must not be stored or passed on themselves.
 *
 * @module
 */

/**
 * Returns the SHA-256 of a text, in Base64.
 *
 * ```ts
 * await digestOf('JDOE'); // uzf4PvyOdcjn6Z8jVHzuOuL3kmCI0u/JXGNe1adNtas=
 * ```
 */
export async function digestOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(digest)));
}
