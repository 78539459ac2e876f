/**
 * Attempts to log in, each from an address of its own, so that the flood limit on addresses stops none.
 *
 * @module
 */
import { DUMMY_TOKEN } from '../../dev/siteverify.ts';
import { type Answer, send } from './request.ts';

let attempts = 0;

export function sendLogin(
  port: number,
  { name, password }: { name: string; password: string },
  expectedStatus: number,
): Promise<Answer> {
  const number = ++attempts;
  return send(
    port,
    {
      method: 'POST',
      path: '/api/Auth',
      headers: {
        'Content-Type': 'application/json',
        'CF-Connecting-IP': `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`,
      },
      body: JSON.stringify({ UserName: name, Password: password, CaptchaToken: DUMMY_TOKEN }),
    },
    [expectedStatus],
  );
}
