/**
 * Public: a client for browsers and Node. It asks for a login when a service wants one, and then goes on.
 *
 * @module
 */
import type { Claims } from './internal/claims.ts';
import type { Permission } from './internal/permission.ts';

export type { Claims } from './internal/claims.ts';
export type { Permission } from './internal/permission.ts';

/** A login, and what its token says. Nothing is verified here: the values are for showing, and services decide. */
export interface Session {
  readonly header: { alg: string; typ: string; kid: string };
  readonly claims: Claims;
  /**
   * Whole seconds until the token expires, and 0 afterwards. The clock of this device may be wrong, and it may be set at
   * any time. So what counts is the token's own lifetime, the time that has passed since the login by a clock that
   * nobody can set, and the time in the answers of Portero. Most devices stop that clock while they sleep. Then the
   * value is too large until the next answer that shows its time, or the next 401.
   */
  readonly secondsLeft: number;
  /**
   * Whether the user may do something, to decide which buttons to show. The service decides what really happens.
   *
   * @param permission a module and an action, such as `invoices.create`
   */
  can(permission: Permission): boolean;
}

export interface Credentials {
  userName: string;
  password: string;
  /** The token of a Turnstile widget. Every login spends it, so the widget must be reset afterwards. */
  captchaToken: string;
}

/** What {@link Client.setPassword} sends. */
export interface NewPasswordByLink {
  /** What stands behind `#` in the link. */
  token: string;
  newPassword: string;
  /** The token of a Turnstile widget, as for a login. */
  captchaToken: string;
}

/** What {@link Client.forgetPassword} sends. */
export interface ForgottenPassword {
  /** The user name, or the e-mail address of the user. */
  userName: string;
  /** The token of a Turnstile widget, as for a login. */
  captchaToken: string;
}

/** What {@link Client.changePassword} sends. */
export interface PasswordChange {
  currentPassword: string;
  newPassword: string;
}

export interface ClientOptions {
  /**
   * The address of Portero, such as `https://login.example.org`. It is `https`, or `http` on this machine. In a browser
   * it may be relative to the page.
   */
  baseUrl: string | URL;
  /**
   * Shows a login. It calls {@link Client.login}, and it settles when the login has ended. To cancel the login, reject,
   * or resolve without one. Do not wait for a request of this client in it: the request would wait for the login.
   *
   * @param signal a logout aborts it: then the login is not needed any more
   */
  onLoginRequired: (context: { signal: AbortSignal }) => unknown;
  /**
   * The client asks for a login this many seconds before the token expires, even where no request is sent. Without it,
   * the next 401 asks for a login.
   */
  askBeforeExpirySeconds?: number;
  /**
   * Other origins that get the token, such as `https://invoices.example.org`: `https`, or `http` on this machine. The
   * origin of `baseUrl` always gets it.
   */
  trustedOrigins?: string[];
  /** Sends the requests, in place of the global `fetch`. */
  fetch?: (request: Request) => Promise<Response>;
}

/**
 * What {@link createClient} makes. It keeps the token in memory alone, where no other script can read it. A page that is
 * loaded again begins without a token.
 */
export interface Client {
  /** The last login, also when its token has expired. `undefined` before the first login and after a logout. */
  readonly session: Session | undefined;
  /**
   * Exchanges credentials for a token. Where several logins at a time succeed, the login that began last counts.
   *
   * @throws PorteroError `login_refused`, `login_later`, `login_failed`, `login_cancelled` or `logged_out`; the
   *   reason of an abort
   */
  login(credentials: Credentials, options?: { signal?: AbortSignal }): Promise<Session>;
  /**
   * Sets a password with a one-time link: that of an invitation, or of a forgotten password. It is no login.
   *
   * @throws PorteroError `captcha_refused`, `link_refused`, `password_refused`, `password_later` or `password_failed`; the
   *   reason of an abort
   */
  setPassword(password: NewPasswordByLink, options?: { signal?: AbortSignal }): Promise<void>;
  /**
   * Asks for a link by mail. The service accepts every name and every address, and does not tell whether there is such a
   * user. It can do that only where `GET /api/Config` says `forgottenPassword`.
   *
   * @throws PorteroError `captcha_refused`, `password_later` or `password_failed`; the reason of an abort
   */
  forgetPassword(forgotten: ForgottenPassword, options?: { signal?: AbortSignal }): Promise<void>;
  /**
   * Changes the password of the user who is logged in. The session goes on.
   *
   * @throws PorteroError `password_refused`, `current_password_refused`, `password_later` or `password_failed`, and all that
   *   {@link Client.fetch} throws
   */
  changePassword(change: PasswordChange, options?: { signal?: AbortSignal }): Promise<void>;
  /** Forgets the token. Services accept the token until it expires: nothing but time ends it. */
  logout(): void;
  /**
   * Works like the global `fetch`, and sends the token. An address is relative to `baseUrl`. An address with a leading
   * slash is relative to its origin.
   *
   * A 401 asks for a login, one login for all requests that need it. The request is then sent once more. Every other
   * answer is passed on, and so is a second 401. The second request reads the body again, so the body must not change
   * before the answer is there.
   *
   * @throws PorteroError `login_cancelled`, `logged_out`, `user_changed`, `body_not_repeatable`,
   *   `origin_not_trusted`, or the error with which `onLoginRequired` rejects; the reason of an abort; what `fetch` throws
   */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
}

export type PorteroErrorCode =
  /** Wrong credentials, a wrong captcha, or a lock: the service does not say which. */
  | 'login_refused'
  /** There were too many attempts, or the service cannot decide now: see `retryAfterSeconds`. */
  | 'login_later'
  /** The service did not answer within 30 seconds, or it did not answer as Portero does. */
  | 'login_failed'
  /**
   * `onLoginRequired` ended without a login. The `cause` is the value that it rejected with. Or another login, which
   * began later, succeeded before this one.
   */
  | 'login_cancelled'
  /** There was a logout in between. */
  | 'logged_out'
  /** Another user has logged in. A request of one user is not sent with the token of another. */
  | 'user_changed'
  /** The body was a stream, and a stream can be sent only once. There was a login: send the request again. */
  | 'body_not_repeatable'
  /** The token may not be sent to this origin: see `trustedOrigins`. */
  | 'origin_not_trusted'
  /** A wrong captcha. */
  | 'captcha_refused'
  /** The link was used, has expired, was overtaken by another one, or is none. */
  | 'link_refused'
  /** The new password is not allowed: see `detail`. */
  | 'password_refused'
  /** The current password is wrong. */
  | 'current_password_refused'
  /** There were too many attempts, or the service cannot decide now: see `retryAfterSeconds`. */
  | 'password_later'
  /**
   * The service did not answer within 45 seconds. Then the password may be set all the same. Or it answered with a status that
   * has no code here, such as 403 or 404.
   */
  | 'password_failed';

/**
 * What {@link Client} throws.
 *
 * @example
 * ```ts
 * import { PorteroError } from 'portero/client';
 *
 * function sentenceFor(error: unknown): string {
 *   if (!(error instanceof PorteroError)) return 'Something went wrong.';
 *   if (error.code === 'login_later') return `Try again in ${error.retryAfterSeconds ?? 60} seconds.`;
 *   return error.code === 'login_refused' ? 'Check the name and the password.' : 'Not sent.';
 * }
 * ```
 */
export class PorteroError extends Error {
  override name = 'PorteroError';
  readonly code: PorteroErrorCode;
  /** When to try again, where the service has said so. */
  readonly retryAfterSeconds: number | undefined;
  /** What is wrong with a new password. It continues a sentence: `The password …`. */
  readonly detail: string | undefined;

  constructor(
    code: PorteroErrorCode,
    message: string,
    options?: ErrorOptions & {
      retryAfterSeconds?: number | undefined;
      detail?: string | undefined;
    },
  ) {
    super(message, options);
    this.code = code;
    this.retryAfterSeconds = options?.retryAfterSeconds;
    this.detail = options?.detail;
  }
}

/** Portero itself ends a login after 26 s at most. */
const LOGIN_DEADLINE_MS = 30_000;

/** Portero itself sets a password within 36 s. */
const PASSWORD_DEADLINE_MS = 45_000;

interface Login {
  token: string;
  session: Session;
  /** The number of this login among all that have begun. */
  turn: number;
  /** The token was issued then or later: milliseconds of `performance.now()`, which no setting of the clock changes. */
  issuedAt: number;
}

/**
 * Makes a client for one login service.
 *
 * @example
 * ```ts
 * import { createClient } from 'portero/client';
 *
 * const client = createClient({
 *   baseUrl: 'https://login.example.org',
 *   // Ask the user here. This example takes the values from elsewhere.
 *   onLoginRequired: async () => client.login({ userName: 'jdoe', password: 's3cr3t', captchaToken: '…' }),
 * });
 * const response: Response = await client.fetch('/api/Users');
 * ```
 *
 * @throws TypeError where `baseUrl` or a trusted origin is neither `https` nor `http` on `localhost`, `127.0.0.0/8` or
 *   `[::1]`, and where `baseUrl` holds credentials
 */
export function createClient(options: ClientOptions): Client {
  const send = options.fetch ?? ((request: Request) => fetch(request));
  const page = (globalThis as { location?: { href: string } }).location?.href;
  const base = new URL(options.baseUrl, page);
  if (base.username || base.password) throw new TypeError('The base address holds credentials.');
  if (!base.pathname.endsWith('/')) base.pathname += '/';
  const origins = [base, ...(options.trustedOrigins ?? [])].map(toOrigin);

  let current: Login | undefined;
  let turns = 0;
  /** Settles when the login has ended that the user is being asked for. */
  let asking: Promise<void> | undefined;
  /** Why the last login that the user was asked for did not succeed. */
  let failure: unknown;
  /** A logout aborts it and puts a new one in its place. */
  let sitting = new AbortController();
  let reminder: ReturnType<typeof setTimeout> | undefined;

  async function login(
    { userName, password, captchaToken }: Credentials,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<Session> {
    const turn = ++turns;
    const stop = AbortSignal.any(signal ? [signal, sitting.signal] : [sitting.signal]);
    const sentAt = performance.now();
    const body = { userName, password, captchaToken };
    const limits = { stop, deadlineMs: LOGIN_DEADLINE_MS, failure: 'login_failed' } as const;
    const { response, text } = await post('api/Auth', body, limits);
    const read = readLogin(response, text, { turn, issuedAt: sentAt });
    if (current && current.turn > turn) {
      throw new PorteroError('login_cancelled', 'A later login has succeeded meanwhile.');
    }
    current = read;
    noteTime(response);
    remindInTime();
    return read.session;
  }

  /** Posts secrets without a token. */
  async function post(
    path: string,
    body: object,
    {
      stop,
      deadlineMs,
      failure,
    }: { stop: AbortSignal; deadlineMs: number; failure: PorteroErrorCode },
  ): Promise<{ response: Response; text: string }> {
    const request = new Request(new URL(path, base), { ...toJson(body), signal: stop });
    let answer: { response: Response; text: string };
    try {
      const response = await send(withDeadline(request, deadlineMs));
      answer = { response, text: await response.text() };
    } catch (cause) {
      stop.throwIfAborted();
      throw new PorteroError(failure, 'The login service did not answer.', { cause });
    }
    stop.throwIfAborted();
    return answer;
  }

  async function postPassword(path: string, body: object, signal?: AbortSignal): Promise<void> {
    const stop = AbortSignal.any(signal ? [signal] : []);
    const limits = { stop, deadlineMs: PASSWORD_DEADLINE_MS, failure: 'password_failed' } as const;
    const { response, text } = await post(path, body, limits);
    throwUnlessDone(response, text);
  }

  async function changePassword(
    { currentPassword, newPassword }: PasswordChange,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<void> {
    const url = new URL('api/Users/me/password', base);
    const init = { ...toJson({ currentPassword, newPassword }), ...(signal && { signal }) };
    let response: Response;
    let text: string;
    try {
      response = await fetchWithToken(url, init, PASSWORD_DEADLINE_MS);
      text = await response.text();
    } catch (cause) {
      signal?.throwIfAborted();
      if (cause instanceof PorteroError) throw cause;
      throw new PorteroError('password_failed', 'The login service did not answer.', { cause });
    }
    if (response.status === 401) {
      throw new PorteroError('password_failed', 'The service refused a fresh token too.');
    }
    throwUnlessDone(response, text);
  }

  /** Portero's own clock knows of the time that this device has slept through. A cached answer is older: it adds nothing. */
  function noteTime({ headers }: Response): void {
    if (!current) return;
    const now = performance.now();
    const { iat } = current.session.claims;
    const ageMs = Date.parse(headers.get('Date') ?? '') - iat * 1000;
    if (!(ageMs > now - current.issuedAt)) return;
    current.issuedAt = now - ageMs;
    if (reminder !== undefined) remindInTime();
  }

  function remindInTime(): void {
    remind((current?.session.secondsLeft ?? 0) - (options.askBeforeExpirySeconds ?? Infinity));
  }

  function logout(): void {
    const ended = sitting;
    sitting = new AbortController();
    current = undefined;
    asking = undefined;
    remind(0);
    ended.abort(new PorteroError('logged_out', 'There was a logout meanwhile.'));
  }

  /** @param inSeconds 0 or less for no reminder */
  function remind(inSeconds: number): void {
    if (reminder !== undefined) clearTimeout(reminder);
    reminder = undefined;
    if (inSeconds <= 0) return;
    reminder = setTimeout(() => {
      reminder = undefined;
      requireLogin().catch(() => {}); // where the user cancels it, the first 401 asks again
    }, inSeconds * 1000);
    (reminder as { unref?: () => void }).unref?.(); // it does not keep a Node process alive
  }

  function requireLogin(): Promise<void> {
    if (asking === undefined) {
      const own = askForLogin().finally(() => {
        if (asking === own) asking = undefined;
      });
      asking = own;
    }
    return asking;
  }

  async function askForLogin(): Promise<void> {
    const { signal } = sitting;
    const before = current;
    let cause: unknown;
    try {
      await untilAborted(options.onLoginRequired({ signal }), signal);
    } catch (error) {
      cause = error;
    }
    signal.throwIfAborted();
    if (current !== before) return;
    failure =
      cause instanceof PorteroError
        ? cause
        : new PorteroError('login_cancelled', 'The login was cancelled.', { cause });
    throw failure;
  }

  /** @param deadlineMs how long each answer may take. The user may take any time to log in */
  async function fetchWithToken(
    input: string | URL | Request,
    init: RequestInit = {},
    deadlineMs?: number,
  ): Promise<Response> {
    const url = isRequest(input) ? undefined : new URL(input, base);
    const userId = current?.session.claims.sub;
    const loggedOut = sitting.signal;
    const failureBefore = failure;
    const signal = init.signal === undefined && isRequest(input) ? input.signal : init.signal;

    /** Checks the very request that is sent: an object can show one address, and clone itself to another. */
    function toRequest(): Request {
      const request = new Request(url ?? (input as Request).clone(), init);
      const { origin } = new URL(request.url);
      if (origins.includes(origin)) return request;
      throw new PorteroError('origin_not_trusted', `${origin} may not have the token.`);
    }

    async function attempt(request: Request): Promise<Response> {
      throwIfNobodys();
      if (current) request.headers.set('Authorization', `Bearer ${current.token}`);
      const response = await send(
        deadlineMs === undefined ? request : withDeadline(request, deadlineMs),
      );
      // Every other service has a clock of its own.
      if (new URL(request.url).origin === base.origin && !response.redirected) noteTime(response);
      return response;
    }

    function throwIfNobodys(): void {
      loggedOut.throwIfAborted();
      if (userId !== undefined && userId !== current?.session.claims.sub) {
        throw new PorteroError('user_changed', 'Somebody else has logged in meanwhile.');
      }
    }

    const request = toRequest();
    signal?.throwIfAborted(); // before the user is asked
    const isRepeatable = !isStream(init.body);
    const isLoginFirst = !isRepeatable && !current?.session.secondsLeft;
    if (isLoginFirst) await untilAborted(requireLogin(), signal);
    const used = current;
    const response = await attempt(request);
    if (response.status !== 401 || isLoginFirst) return response;

    response.body?.cancel().catch(() => {}); // without waiting: a copy of the body may be in use
    loggedOut.throwIfAborted();
    signal?.throwIfAborted();
    // The user is not asked where there was a login in between, or where the user has cancelled one in between.
    if (current === used) {
      if (failure !== failureBefore) throw failure;
      await untilAborted(requireLogin(), signal);
    }
    if (isRepeatable) return attempt(toRequest());
    throwIfNobodys();
    throw new PorteroError('body_not_repeatable', 'A stream cannot be sent a second time.');
  }

  return {
    get session() {
      return current?.session;
    },
    login,
    setPassword: ({ token, newPassword, captchaToken }, { signal } = {}) =>
      postPassword('api/Password', { token, newPassword, captchaToken }, signal),
    forgetPassword: ({ userName, captchaToken }, { signal } = {}) =>
      postPassword('api/Password/Forgotten', { userName, captchaToken }, signal),
    changePassword,
    logout,
    fetch: (input, init) => fetchWithToken(input, init),
  };
}

/** Over `http`, everybody on the way could read the token, but for the way within this machine. */
function toOrigin(url: string | URL): string {
  const { origin, protocol, host } = new URL(url);
  // Browsers give the same origin, `null`, to every scheme that they do not know. A pattern would match nothing.
  if (!/^(https:[^*]+|http:\/\/(localhost|127(\.\d+){3}|\[::1])(:\d+)?)$/.test(origin)) {
    throw new TypeError(
      `${protocol}//${host} is neither one https origin nor http on this machine.`,
    );
  }
  return origin;
}

function readLogin(
  { status, headers }: Response,
  text: string,
  begun: Pick<Login, 'turn' | 'issuedAt'>,
): Login {
  if (status === 401) throw new PorteroError('login_refused', 'The login was refused.');
  if (isLater(status)) {
    throw new PorteroError('login_later', 'The login cannot be decided now.', retryOf(headers));
  }
  try {
    const { token } = status === 200 && JSON.parse(text);
    const [header, claims] = token.split('.', 2).map(decodePart);
    return toLogin({ ...begun, token }, header, claims);
  } catch {
    // Without a cause: it would quote what came in place of a token.
    throw new PorteroError('login_failed', `The login service answered ${status} and no token.`);
  }
}

/** A redirect is an error: secrets go to this address and to no other. */
const toJson = (body: object): RequestInit => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
  redirect: 'error',
});

const withDeadline = (request: Request, deadlineMs: number) =>
  new Request(request, {
    signal: AbortSignal.any([request.signal, AbortSignal.timeout(deadlineMs)]),
  });

const isLater = (status: number) => status === 429 || status === 503;

function retryOf(headers: Headers): { retryAfterSeconds: number | undefined } {
  const seconds = Number(headers.get('Retry-After'));
  return { retryAfterSeconds: seconds > 0 ? seconds : undefined };
}

/** @throws PorteroError where a password was not set, changed or noted as forgotten */
function throwUnlessDone({ ok, status, headers }: Response, text: string): void {
  if (ok) return;
  if (status === 401) throw new PorteroError('captcha_refused', 'The captcha was refused.');
  if (isLater(status)) {
    throw new PorteroError('password_later', 'This cannot be done now.', retryOf(headers));
  }
  const { member, detail } = status === 400 ? firstError(text) : {};
  const code = member === undefined ? undefined : CODES.get(member);
  if (code === undefined) {
    throw new PorteroError('password_failed', `The login service answered ${status}.`);
  }
  throw new PorteroError(code, `The service refused the member ${member}.`, { detail });
}

/** The members of a body that a problem can name, and the error of each. */
const CODES = new Map<string, PorteroErrorCode>([
  ['token', 'link_refused'],
  ['newPassword', 'password_refused'],
  ['currentPassword', 'current_password_refused'],
]);

function firstError(text: string): { member?: string; detail?: string } {
  try {
    return JSON.parse(text).errors?.[0] ?? {};
  } catch {
    return {};
  }
}

/** RFC 7515, section 2: base64url of JSON in UTF-8. */
function decodePart(part: string) {
  const bytes = atob(part.replaceAll('-', '+').replaceAll('_', '/'));
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes, (c) => c.charCodeAt(0))));
}

function toLogin(begun: Omit<Login, 'session'>, header: Session['header'], claims: Claims): Login {
  const lifetimeSeconds = claims.exp - claims.iat;
  if (!(lifetimeSeconds > 0)) throw new TypeError('The token has no lifetime.');
  const session: Session = {
    header,
    claims,
    get secondsLeft() {
      // It counts from before the token was issued, so it is never too much for a device that was awake.
      const ageSeconds = (performance.now() - login.issuedAt) / 1000;
      return Math.max(0, Math.floor(lifetimeSeconds - ageSeconds));
    },
    can: (permission) => claims.admin === true || !!claims.permissions?.includes(permission),
  };
  const login = { ...begun, session };
  return login;
}

/** Waits until `pending` settles or `signal` aborts. An abort does not end `pending`: others may wait for it too. */
function untilAborted(pending: unknown, signal: AbortSignal | null | undefined): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal?.reason);
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort);
    Promise.resolve(pending)
      .finally(() => signal?.removeEventListener('abort', abort))
      .then(resolve, reject);
  });
}

/** Not by `instanceof`: the request may come from another frame. */
function isRequest(input: string | URL | Request): input is Request {
  return typeof input === 'object' && 'url' in input;
}

/** Whether a body can be sent only once. */
function isStream(body: unknown): boolean {
  return (
    typeof body === 'object' &&
    body !== null &&
    ('getReader' in body || Symbol.asyncIterator in body)
  );
}
