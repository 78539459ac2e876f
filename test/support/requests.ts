/** Requests to the Worker under test. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import worker from '../../src/index.ts';
import { noteAttempt } from './attempts.ts';
import { solveCaptcha } from './control.ts';
import { PASSWORD } from './fixtures.ts';
import { noteSecret, noteToken } from './secrets.ts';

export const ORIGIN = 'https://login.example.org';

export function send(path: string, init?: RequestInit): Promise<Response> {
  return sendAndWait(new Request(`${ORIGIN}${path}`, init));
}

/** Where the requests of the tests come from. */
export const ADDRESS = '203.0.113.7';

/** Posts a body to the login as it is. */
export function post(body: BodyInit, headers: Record<string, string> = {}): Promise<Response> {
  return sendAndWait(loginRequest(body, headers));
}

/** Logs in with a fresh captcha token and the right password, unless told otherwise. */
export async function login(userName: string, members: object = {}): Promise<Response> {
  return post(await loginBody(userName, members));
}

/** Logs in for a token. */
export async function tokenOf(userName: string): Promise<string> {
  return (await (await login(userName)).json<{ token: string }>()).token;
}

export async function loginBody(userName: string, members: object = {}): Promise<string> {
  const CaptchaToken = await solveCaptcha();
  const body = { UserName: userName, Password: PASSWORD, CaptchaToken, ...members };
  noteSecret(body.Password);
  noteSecret(body.CaptchaToken);
  return JSON.stringify(body);
}

export function loginRequest(body: BodyInit, headers: Record<string, string> = {}): Request {
  noteAttempt('/api/Auth'); // also where a test sends it by a way of its own
  return new Request(`${ORIGIN}/api/Auth`, {
    method: 'POST',
    body,
    headers: { 'Content-Type': 'application/json', 'CF-Connecting-IP': ADDRESS, ...headers },
  });
}

/** Everything of an answer that a caller can see. */
export async function wire(response: Response) {
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
  };
}

/** Sends a request to a Worker with other settings. */
export function sendWith(settings: Partial<Env>, request: Request): Promise<Response> {
  return sendAndWait(request, { ...env, ...settings });
}

/** Also waits for what the Worker does after the answer: the next test's faults are not for that. */
async function sendAndWait(request: Request, bindings: Env = env): Promise<Response> {
  const { response, rest } = await sendAndLeave(request, bindings);
  await rest();
  return response;
}

/** The same, but `rest` waits for what the Worker does after the answer. */
export async function sendAndLeave(request: Request, bindings: Env = env) {
  noteAttempt(request.url);
  const [, bearerToken = ''] =
    /^Bearer (.*)/.exec(request.headers.get('Authorization') ?? '') ?? [];
  noteToken(bearerToken);
  const context = createExecutionContext();
  const response = await worker.fetch(request, bindings, context);
  if (response.ok && response.body !== null) {
    const { token = '' } = await response.clone().json<{ token?: string }>();
    noteToken(token);
  }
  return { response, rest: () => waitOnExecutionContext(context) };
}
