/**
 * The address of the client, as Cloudflare reports it.
 * https://developers.cloudflare.com/fundamentals/reference/http-headers/#cf-connecting-ip
 *
 * @module
 */

export interface ClientAddress {
  /** The address in its canonical form. */
  address: string;
  /**
   * The addresses that one subscriber has: an IPv4 address, or the /64 of an IPv6 address. A subscriber can use every
   * address of a /64.
   */
  network: string;
}

/**
 * Reads `CF-Connecting-IP`. Cloudflare sets this header itself, whatever the client has sent. `X-Forwarded-For` can be
 * forged, so it is not read.
 *
 * @returns `undefined` where the header is missing or holds no address
 */
export function readClientAddress(headers: Headers): ClientAddress | undefined {
  const text = headers.get('CF-Connecting-IP') ?? '';
  const isIpv4 = /^\d{1,3}(\.\d{1,3}){3}$/.test(text);
  if (!isIpv4 && !/^[\da-f:.]+$/i.test(text)) return undefined;
  // The URL parser reads every spelling of an address, and writes each address in one way.
  const hostname = URL.parse(isIpv4 ? `http://${text}` : `http://[${text}]`)?.hostname;
  if (hostname === undefined) return undefined;
  if (isIpv4) return { address: hostname, network: hostname };
  const address = hostname.slice(1, -1);
  return { address, network: networkOf(address) };
}

/** Returns the first four of the eight groups. @param address an IPv6 address in the form of RFC 5952 */
function networkOf(address: string): string {
  // All IPv4 addresses in IPv6 notation (RFC 4291, section 2.5.5.2) are in one /64, so each counts by itself.
  if (address.startsWith('::ffff:')) return address;
  const [head = [], tail = []] = address.split('::').map((part) => part.split(':').filter(Boolean));
  const zeros = Array<string>(8 - head.length - tail.length).fill('0');
  return `${[...head, ...zeros, ...tail].slice(0, 4).join(':')}::/64`;
}
