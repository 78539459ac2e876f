/** How a test in the Workers runtime steers the network of `internet.ts`. */

import { vi } from 'vitest';
import type { IdentityParameters } from './identity-hash.ts';
import { LONG_WAIT } from './long-wait.ts';

export type Service = 'database' | 'siteverify';

/** What happens to one request; where it does not pass, instead of its answer. */
export type Fault =
  | 'passes'
  | 'unreachable'
  | 'is held up'
  | 'hangs'
  | 'hangs halfway'
  | 'answers in vain'
  | { status: number; body: string; headers?: Record<string, string> };

/** A request that reached a service. */
export interface Call {
  service: Service;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at whatever was sent
  body: any;
}

/** A request to any host, of a service or not. */
export interface Connection {
  host: string;
  path: string;
  /** Absent where the request is not one for a database. */
  connectionString: string | undefined;
}

function control(method: string, path: string, body?: unknown): Promise<Response> {
  return fetch(`http://control.test${path}`, { method, body: JSON.stringify(body) });
}

/** Solves a captcha. */
export async function solveCaptcha(
  challenge: { hostname?: string; action?: string } = {},
): Promise<string> {
  const response = await control('POST', '/tokens', { hostname: 'app.example.org', ...challenge });
  return response.text();
}

/** Hashes a password as ASP.NET Core Identity does. */
export async function identityHash(
  password: string,
  parameters: IdentityParameters = {},
): Promise<string> {
  return (await control('POST', '/identity-hashes', { password, ...parameters })).text();
}

/** Sets the clock of siteverify, or lets it run again. @param now milliseconds since 1970 */
export async function setSiteverifyClock(now?: number): Promise<void> {
  await control('POST', '/clock', { now });
}

/** Each of the service's next requests meets one of the faults; those after them are answered. */
export async function breakNext(service: Service, ...faults: Fault[]): Promise<void> {
  await control('POST', `/faults/${service}`, faults);
}

/** Lets the requests pass that are held up. */
export async function releaseHeldUp(): Promise<void> {
  await control('POST', '/release');
}

export async function forgetCalls(): Promise<void> {
  await control('DELETE', '/calls');
}

export async function callsTo(service: Service): Promise<Call['body'][]> {
  const calls: Call[] = await (await control('GET', '/calls')).json();
  return calls.filter((call) => call.service === service).map((call) => call.body);
}

/** Every host that has been asked, in order, since {@link forgetCalls}. */
export async function connections(): Promise<Connection[]> {
  return (await control('GET', '/connections')).json();
}

/** Waits until so many requests have reached a service. */
export async function untilCalled(service: Service, times: number): Promise<void> {
  await vi.waitUntil(async () => (await callsTo(service)).length === times, LONG_WAIT);
}
