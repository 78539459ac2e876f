/**
 * Loopback addresses: what tells the local stand-ins from the real services.
 *
 * @module
 */

/**
 * Whether a URL's hostname is this machine and nothing else.
 *
 * @param hostname as `URL.hostname` gives it: lower case, IPv4 normalised, IPv6 in brackets
 */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname === '[::1]' ||
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname)
  );
}
