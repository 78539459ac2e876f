/** The client's address, and the network that it is counted under. */
import { expect, test } from 'vitest';
import { readClientAddress } from '../../src/http/client-address.ts';

const read = (text: string) => readClientAddress(new Headers({ 'CF-Connecting-IP': text }));

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::', '0:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:DB8:0:0:1:2:3:4', '2001:db8:0:0::/64'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::', '2001:db8:1:2::/64'],
  ['2001:db8::1:2:3:4:5', '2001:db8:0:1::/64'],
  ['2001:db8:1:2:3:4:5::', '2001:db8:1:2::/64'],
  ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
  ['::ffff:192.0.2.1', '::ffff:c000:201'],
])('%s is counted under %s', (text, network) => {
  expect(read(text)?.network).toBe(network);
});

test('one address has one spelling', () => {
  expect(read('2001:0DB8:0:0:0:0:0:1')?.address).toBe('2001:db8::1');
});

test.each([
  '',
  ' ',
  'unknown',
  'localhost',
  '192.0.2',
  '192.0.2.256',
  '192.0.2.1:80',
  '192.0.2.1, 192.0.2.2',
  '2001:db8::1::2',
  '[2001:db8::1]',
  '2001:db8::1%eth0',
  '::1]/[',
])('"%s" is no address', (text) => {
  expect(read(text)).toBeUndefined();
});

test('what else a client says of its address is not looked at', () => {
  const headers = { 'X-Forwarded-For': '192.0.2.1', 'X-Real-IP': '192.0.2.1' };
  expect(readClientAddress(new Headers(headers))).toBeUndefined();
});
