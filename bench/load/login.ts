/**
 * Attempts to log in, and passwords that are told as forgotten. Each comes from an address of its own, so that the flood
 * limit on addresses stops none.
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
  const body = { UserName: name, Password: password, CaptchaToken: DUMMY_TOKEN };
  return post(port, '/api/Auth', body, expectedStatus);
}

export function sendForgotten(port: number, name: string): Promise<Answer> {
  const body = { userName: name, captchaToken: DUMMY_TOKEN };
  return post(port, '/api/Password/Forgotten', body, 202);
}

function post(port: number, path: string, body: object, expectedStatus: number): Promise<Answer> {
  const number = ++attempts;
  const headers = {
    'Content-Type': 'application/json',
    'CF-Connecting-IP': `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`,
  };
  const request = { method: 'POST', path, headers, body: JSON.stringify(body) } as const;
  return send(port, request, [expectedStatus]);
}
