/**
 * Public: a client for browsers and Node that asks for a login when one is needed, and then goes on.
 *
 * @module
 */

/** What the token says of its bearer. Times are in seconds since 1970, by the clock of the service. */
export interface Claims {
  iss: string;
  aud: string;
  /** The user's id. */
  sub: string;
  /** The user's name. */
  name: string;
  /** The name of the user's role. */
  role: string;
  /** Present for an administrator, who may do everything. */
  admin?: true;
  permissions?: string[];
  iat: number;
  nbf: number;
  exp: number;
  jti: string;
}

/** A login, and what its token says. It is not verified here: what it holds is for showing, services decide. */
export interface Session {
  readonly header: { alg: string; typ: string; kid: string };
  readonly claims: Claims;
  /**
   * Whole seconds until the token expires; 0 where it has. The clock of this device may be wrong: only what has
   * passed on it since the login counts.
   */
  readonly secondsLeft: number;
  /** @param permission such as `invoices.create` */
  can(permission: string): boolean;
}

export interface Credentials {
  userName: string;
  password: string;
  /** From a Turnstile widget, which has to be reset afterwards: every login spends its token. */
  captchaToken: string;
}

export interface ClientOptions {
  /** Where Portero is, such as `https://login.example.org`. In a browser it may be relative to the page. */
  baseUrl: string | URL;
  /**
   * Shows a login, which calls {@link Client.login}, and settles when it has ended. To cancel, reject, or resolve
   * without a login. A request of this client that it waits for would wait for it.
   *
   * @param signal aborted by a logout: the login is not needed any more
   */
  onLoginRequired: (context: { signal: AbortSignal }) => unknown;
  /** Asks for a login so many seconds before the token expires, request or not. Without it, the next 401 does. */
  askBeforeExpirySeconds?: number;
  /** Other origins that get the token, such as `https://invoices.example.org`. That of `baseUrl` always does. */
  trustedOrigins?: string[];
  /** Sends the requests, in place of the global `fetch`. */
  fetch?: (request: Request) => Promise<Response>;
}

/**
 * The token is kept in memory alone, where no other script can read it: a page that is loaded anew begins
 * without one.
 *
 * ```ts
 * const client = createClient({ baseUrl: 'https://login.example.org', onLoginRequired: showLoginDialog });
 * const response = await client.fetch('/api/Users');
 * ```
 */
export interface Client {
  /** Of the last login, also when its token has expired; `undefined` before the first and after a logout. */
  readonly session: Session | undefined;
  /**
   * Exchanges credentials for a token. Of several at a time that succeed, the one that began last counts.
   *
   * @throws PorteroError `login_refused`, `login_later`, `login_failed`, `login_cancelled` or `logged_out`; the
   *   reason of an abort
   */
  login(credentials: Credentials, options?: { signal?: AbortSignal }): Promise<Session>;
  /** Forgets the token. Services accept it until it expires: nothing but time ends it. */
  logout(): void;
  /**
   * Like the global `fetch`, with the token. Addresses are relative to `baseUrl`, and to its origin with a leading
   * slash. A 401 asks for a login, one for all requests that need it, and the request is then sent once more; every
   * other answer is passed on, and so is a second 401. The body is read anew for that: it must stay as it is until
   * the answer.
   *
   * @throws PorteroError `login_cancelled`, `logged_out`, `user_changed`, `body_not_repeatable`,
   *   `origin_not_trusted`, or the one with which `onLoginRequired` rejects; the reason of an abort; what `fetch` throws
   */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
}

export type PorteroErrorCode =
  /** Wrong credentials or captcha, or a lock: the service does not say which. */
  | 'login_refused'
  /** Too many attempts, or the service cannot decide now: see `retryAfterSeconds`. */
  | 'login_later'
  /** The service did not answer, or not as Portero does. */
  | 'login_failed'
  /**
   * `onLoginRequired` has ended without a login: the `cause` is what it has rejected with. Or a login that began
   * later has succeeded before this one.
   */
  | 'login_cancelled'
  /** There was a logout meanwhile. */
  | 'logged_out'
  /** Somebody else has logged in: a request of the one user is not sent for the other. */
  | 'user_changed'
  /** The body was a stream, which is gone once it has been sent. There was a login: send it again from its source. */
  | 'body_not_repeatable'
  /** The token may not be sent there: see `trustedOrigins`. */
  | 'origin_not_trusted';

export class PorteroError extends Error {
  override name = 'PorteroError';
  readonly code: PorteroErrorCode;
  /** When it is worth trying again, where the service has said so. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: PorteroErrorCode,
    message: string,
    options?: ErrorOptions & { retryAfterSeconds?: number },
  ) {
    super(message, options);
    this.code = code;
    this.retryAfterSeconds = options?.retryAfterSeconds;
  }
}

interface Login {
  token: string;
  session: Session;
  /** Which one it is of all that have begun. */
  turn: number;
}

/** @throws TypeError for a `baseUrl` or a trusted origin that is not one of the web, and for a `baseUrl` with credentials */
export function createClient(options: ClientOptions): Client {
  const send = options.fetch ?? ((request: Request) => fetch(request));
  const page = (globalThis as { location?: { href: string } }).location?.href;
  const base = new URL(options.baseUrl, page);
  if (base.username || base.password) throw new TypeError('The base address holds credentials.');
  if (!base.pathname.endsWith('/')) base.pathname += '/';
  const origins = [base, ...(options.trustedOrigins ?? [])].map(toOrigin);

  let current: Login | undefined;
  let turns = 0;
  /** The login that is being asked for, if there is one. */
  let asking: Promise<void> | undefined;
  /** Why the last login that was asked for has not come about. */
  let failure: unknown;
  /** Aborted by a logout, and replaced. */
  let sitting = new AbortController();
  let reminder: ReturnType<typeof setTimeout> | undefined;

  async function login(
    { userName, password, captchaToken }: Credentials,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<Session> {
    const turn = ++turns;
    const stop = AbortSignal.any(signal ? [signal, sitting.signal] : [sitting.signal]);
    const request = new Request(new URL('api/Auth', base), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ userName, password, captchaToken }),
      redirect: 'error', // a password goes to this address and to no other
      signal: stop,
    });
    const sentAt = Date.now();
    let response: Response;
    let text: string;
    try {
      response = await send(request);
      text = await response.text();
    } catch (cause) {
      stop.throwIfAborted();
      throw new PorteroError('login_failed', 'The login service did not answer.', { cause });
    }
    stop.throwIfAborted();
    const { token, session } = readLogin(response, text, sentAt);
    if (current && current.turn > turn) {
      throw new PorteroError('login_cancelled', 'A later login has succeeded meanwhile.');
    }
    current = { token, session, turn };
    remind(session.secondsLeft - (options.askBeforeExpirySeconds ?? Infinity));
    return session;
  }

  function logout(): void {
    const ended = sitting;
    sitting = new AbortController();
    current = undefined;
    asking = undefined;
    remind(0);
    ended.abort(new PorteroError('logged_out', 'There was a logout meanwhile.'));
  }

  /** @param inSeconds 0 or less for not at all */
  function remind(inSeconds: number): void {
    if (reminder !== undefined) clearTimeout(reminder);
    if (inSeconds <= 0) return;
    // Who cancels this is asked again by the first 401.
    reminder = setTimeout(() => void requireLogin().catch(() => {}), inSeconds * 1000);
    (reminder as { unref?: () => void }).unref?.(); // Node may end meanwhile
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

  async function fetchWithToken(
    input: string | URL | Request,
    init: RequestInit = {},
  ): Promise<Response> {
    const url = new URL(isRequest(input) ? input.url : input, base);
    if (!origins.includes(url.origin)) {
      throw new PorteroError('origin_not_trusted', `${url.origin} may not have the token.`);
    }
    const userId = current?.session.claims.sub;
    const loggedOut = sitting.signal;
    const failureBefore = failure;
    const signal = init.signal === undefined && isRequest(input) ? input.signal : init.signal;

    const toRequest = () => new Request(isRequest(input) ? input.clone() : url, init);

    function attempt(request: Request): Promise<Response> {
      throwIfNobodys();
      if (current) request.headers.set('Authorization', `Bearer ${current.token}`);
      return send(request);
    }

    function throwIfNobodys(): void {
      loggedOut.throwIfAborted();
      if (userId !== undefined && userId !== current?.session.claims.sub) {
        throw new PorteroError('user_changed', 'Somebody else has logged in meanwhile.');
      }
    }

    const request = toRequest();
    signal?.throwIfAborted(); // before anybody is asked
    const isRepeatable = !isStream(init.body);
    const isLoginFirst = !isRepeatable && !current?.session.secondsLeft;
    if (isLoginFirst) await untilAborted(requireLogin(), signal);
    const used = current;
    const response = await attempt(request);
    if (response.status !== 401 || isLoginFirst) return response;

    response.body?.cancel().catch(() => {}); // not waited for: a copy of it may be in use
    loggedOut.throwIfAborted();
    signal?.throwIfAborted();
    // Where there was a login since, nobody is asked; nor where it was cancelled while this was under way.
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
    logout,
    fetch: fetchWithToken,
  };
}

function toOrigin(url: string | URL): string {
  const { origin } = new URL(url);
  // All schemes that browsers do not know have the same origin, `null`, and a pattern would match nothing.
  if (!/^https?:[^*]+$/.test(origin)) throw new TypeError(`${url} has no origin of the web.`);
  return origin;
}

/** @param sentAt when the login was sent, in milliseconds since 1970 by the clock of this device */
function readLogin({ status, headers }: Response, text: string, sentAt: number) {
  if (status === 401) throw new PorteroError('login_refused', 'The login was refused.');
  if (status === 429 || status === 503) {
    const seconds = Number(headers.get('Retry-After'));
    throw new PorteroError('login_later', 'The login cannot be decided now.', {
      retryAfterSeconds: seconds > 0 ? seconds : undefined,
    });
  }
  try {
    const { token } = status === 200 && JSON.parse(text);
    const [header, claims] = token.split('.', 2).map(decodePart);
    return { token: token as string, session: toSession(header, claims, sentAt) };
  } catch {
    // Without its cause, which would quote what came in place of a token.
    throw new PorteroError('login_failed', `The login service answered ${status} and no token.`);
  }
}

/** RFC 7515, section 2: base64url of JSON in UTF-8. */
function decodePart(part: string) {
  const bytes = atob(part.replaceAll('-', '+').replaceAll('_', '/'));
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes, (c) => c.charCodeAt(0))));
}

function toSession(header: Session['header'], claims: Claims, sentAt: number): Session {
  const lifetimeSeconds = claims.exp - claims.iat;
  if (!(lifetimeSeconds > 0)) throw new TypeError('The token has no lifetime.');
  return {
    header,
    claims,
    get secondsLeft() {
      // Since before the token was issued: rather too little than too much.
      const passedSeconds = (Date.now() - sentAt) / 1000;
      return Math.min(lifetimeSeconds, Math.max(0, Math.floor(lifetimeSeconds - passedSeconds)));
    },
    can: (permission) => claims.admin === true || !!claims.permissions?.includes(permission),
  };
}

/** Waits for one of two: what it waits for goes on after an abort, since others may wait for it too. */
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

/** Not by `instanceof`: it may be one of another frame. */
function isRequest(input: string | URL | Request): input is Request {
  return typeof input === 'object' && 'url' in input;
}

/** Whether a body is gone once it has been sent. */
function isStream(body: unknown): boolean {
  return (
    typeof body === 'object' &&
    body !== null &&
    ('getReader' in body || Symbol.asyncIterator in body)
  );
}
