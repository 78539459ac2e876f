// Written by `npm run generate` from packages/portero/src/client.ts, which has the comments.
export class PorteroError extends Error {
    name = 'PorteroError';
    code;
    retryAfterSeconds;
    detail;
    constructor(code, message, options) {
        super(message, options);
        this.code = code;
        this.retryAfterSeconds = options?.retryAfterSeconds;
        this.detail = options?.detail;
    }
}
const LOGIN_DEADLINE_MS = 30_000;
const PASSWORD_DEADLINE_MS = 45_000;
export function createClient(options) {
    const send = options.fetch ?? ((request) => fetch(request));
    const page = globalThis.location?.href;
    const base = new URL(options.baseUrl, page);
    if (base.username || base.password)
        throw new TypeError('The base address holds credentials.');
    if (!base.pathname.endsWith('/'))
        base.pathname += '/';
    const origins = [base, ...(options.trustedOrigins ?? [])].map(toOrigin);
    let current;
    let turns = 0;
    let asking;
    let failure;
    let sitting = new AbortController();
    let reminder;
    async function login({ userName, password, captchaToken }, { signal } = {}) {
        const turn = ++turns;
        const stop = AbortSignal.any(signal ? [signal, sitting.signal] : [sitting.signal]);
        const sentAt = performance.now();
        const body = { userName, password, captchaToken };
        const limits = { stop, deadlineMs: LOGIN_DEADLINE_MS, failure: 'login_failed' };
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
    async function post(path, body, { stop, deadlineMs, failure, }) {
        const request = new Request(new URL(path, base), { ...toJson(body), signal: stop });
        let answer;
        try {
            const response = await send(withDeadline(request, deadlineMs));
            answer = { response, text: await response.text() };
        }
        catch (cause) {
            stop.throwIfAborted();
            throw new PorteroError(failure, 'The login service did not answer.', { cause });
        }
        stop.throwIfAborted();
        return answer;
    }
    async function postPassword(path, body, signal) {
        const stop = AbortSignal.any(signal ? [signal] : []);
        const limits = { stop, deadlineMs: PASSWORD_DEADLINE_MS, failure: 'password_failed' };
        const { response, text } = await post(path, body, limits);
        throwUnlessDone(response, text);
    }
    async function changePassword({ currentPassword, newPassword }, { signal } = {}) {
        const url = new URL('api/Users/me/password', base);
        const init = { ...toJson({ currentPassword, newPassword }), ...(signal && { signal }) };
        let response;
        let text;
        try {
            response = await fetchWithToken(url, init, PASSWORD_DEADLINE_MS);
            text = await response.text();
        }
        catch (cause) {
            signal?.throwIfAborted();
            if (cause instanceof PorteroError)
                throw cause;
            throw new PorteroError('password_failed', 'The login service did not answer.', { cause });
        }
        if (response.status === 401) {
            throw new PorteroError('password_failed', 'The service refused a fresh token too.');
        }
        throwUnlessDone(response, text);
    }
    function noteTime({ headers }) {
        if (!current)
            return;
        const now = performance.now();
        const { iat } = current.session.claims;
        const ageMs = Date.parse(headers.get('Date') ?? '') - iat * 1000;
        if (!(ageMs > now - current.issuedAt))
            return;
        current.issuedAt = now - ageMs;
        if (reminder !== undefined)
            remindInTime();
    }
    function remindInTime() {
        remind((current?.session.secondsLeft ?? 0) - (options.askBeforeExpirySeconds ?? Infinity));
    }
    function logout() {
        const ended = sitting;
        sitting = new AbortController();
        current = undefined;
        asking = undefined;
        remind(0);
        ended.abort(new PorteroError('logged_out', 'There was a logout meanwhile.'));
    }
    function remind(inSeconds) {
        if (reminder !== undefined)
            clearTimeout(reminder);
        reminder = undefined;
        if (inSeconds <= 0)
            return;
        reminder = setTimeout(() => {
            reminder = undefined;
            requireLogin().catch(() => { });
        }, inSeconds * 1000);
        reminder.unref?.();
    }
    function requireLogin() {
        if (asking === undefined) {
            const own = askForLogin().finally(() => {
                if (asking === own)
                    asking = undefined;
            });
            asking = own;
        }
        return asking;
    }
    async function askForLogin() {
        const { signal } = sitting;
        const before = current;
        let cause;
        try {
            await untilAborted(options.onLoginRequired({ signal }), signal);
        }
        catch (error) {
            cause = error;
        }
        signal.throwIfAborted();
        if (current !== before)
            return;
        failure =
            cause instanceof PorteroError
                ? cause
                : new PorteroError('login_cancelled', 'The login was cancelled.', { cause });
        throw failure;
    }
    async function fetchWithToken(input, init = {}, deadlineMs) {
        const url = isRequest(input) ? undefined : new URL(input, base);
        const userId = current?.session.claims.sub;
        const loggedOut = sitting.signal;
        const failureBefore = failure;
        const signal = init.signal === undefined && isRequest(input) ? input.signal : init.signal;
        function toRequest() {
            const request = new Request(url ?? input.clone(), init);
            const { origin } = new URL(request.url);
            if (origins.includes(origin))
                return request;
            throw new PorteroError('origin_not_trusted', `${origin} may not have the token.`);
        }
        async function attempt(request) {
            throwIfNobodys();
            if (current)
                request.headers.set('Authorization', `Bearer ${current.token}`);
            const response = await send(deadlineMs === undefined ? request : withDeadline(request, deadlineMs));
            if (new URL(request.url).origin === base.origin && !response.redirected)
                noteTime(response);
            return response;
        }
        function throwIfNobodys() {
            loggedOut.throwIfAborted();
            if (userId !== undefined && userId !== current?.session.claims.sub) {
                throw new PorteroError('user_changed', 'Somebody else has logged in meanwhile.');
            }
        }
        const request = toRequest();
        signal?.throwIfAborted();
        const isRepeatable = !isStream(init.body);
        const isLoginFirst = !isRepeatable && !current?.session.secondsLeft;
        if (isLoginFirst)
            await untilAborted(requireLogin(), signal);
        const used = current;
        const response = await attempt(request);
        if (response.status !== 401 || isLoginFirst)
            return response;
        response.body?.cancel().catch(() => { });
        loggedOut.throwIfAborted();
        signal?.throwIfAborted();
        if (current === used) {
            if (failure !== failureBefore)
                throw failure;
            await untilAborted(requireLogin(), signal);
        }
        if (isRepeatable)
            return attempt(toRequest());
        throwIfNobodys();
        throw new PorteroError('body_not_repeatable', 'A stream cannot be sent a second time.');
    }
    return {
        get session() {
            return current?.session;
        },
        login,
        setPassword: ({ token, newPassword, captchaToken }, { signal } = {}) => postPassword('api/Password', { token, newPassword, captchaToken }, signal),
        forgetPassword: ({ userName, captchaToken }, { signal } = {}) => postPassword('api/Password/Forgotten', { userName, captchaToken }, signal),
        changePassword,
        logout,
        fetch: (input, init) => fetchWithToken(input, init),
    };
}
function toOrigin(url) {
    const { origin, protocol, host } = new URL(url);
    if (!/^(https:[^*]+|http:\/\/(localhost|127(\.\d+){3}|\[::1])(:\d+)?)$/.test(origin)) {
        throw new TypeError(`${protocol}//${host} is neither one https origin nor http on this machine.`);
    }
    return origin;
}
function readLogin({ status, headers }, text, begun) {
    if (status === 401)
        throw new PorteroError('login_refused', 'The login was refused.');
    if (isLater(status)) {
        throw new PorteroError('login_later', 'The login cannot be decided now.', retryOf(headers));
    }
    try {
        const { token } = status === 200 && JSON.parse(text);
        const [header, claims] = token.split('.', 2).map(decodePart);
        return toLogin({ ...begun, token }, header, claims);
    }
    catch {
        throw new PorteroError('login_failed', `The login service answered ${status} and no token.`);
    }
}
const toJson = (body) => ({
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    redirect: 'error',
});
const withDeadline = (request, deadlineMs) => new Request(request, {
    signal: AbortSignal.any([request.signal, AbortSignal.timeout(deadlineMs)]),
});
const isLater = (status) => status === 429 || status === 503;
function retryOf(headers) {
    const seconds = Number(headers.get('Retry-After'));
    return { retryAfterSeconds: seconds > 0 ? seconds : undefined };
}
function throwUnlessDone({ ok, status, headers }, text) {
    if (ok)
        return;
    if (status === 401)
        throw new PorteroError('captcha_refused', 'The captcha was refused.');
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
const CODES = new Map([
    ['token', 'link_refused'],
    ['newPassword', 'password_refused'],
    ['currentPassword', 'current_password_refused'],
]);
function firstError(text) {
    try {
        return JSON.parse(text).errors?.[0] ?? {};
    }
    catch {
        return {};
    }
}
function decodePart(part) {
    const bytes = atob(part.replaceAll('-', '+').replaceAll('_', '/'));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes, (c) => c.charCodeAt(0))));
}
function toLogin(begun, header, claims) {
    const lifetimeSeconds = claims.exp - claims.iat;
    if (!(lifetimeSeconds > 0))
        throw new TypeError('The token has no lifetime.');
    const session = {
        header,
        claims,
        get secondsLeft() {
            const ageSeconds = (performance.now() - login.issuedAt) / 1000;
            return Math.max(0, Math.floor(lifetimeSeconds - ageSeconds));
        },
        can: (permission) => claims.admin === true || !!claims.permissions?.includes(permission),
    };
    const login = { ...begun, session };
    return login;
}
function untilAborted(pending, signal) {
    return new Promise((resolve, reject) => {
        const abort = () => reject(signal?.reason);
        if (signal?.aborted)
            abort();
        signal?.addEventListener('abort', abort);
        Promise.resolve(pending)
            .finally(() => signal?.removeEventListener('abort', abort))
            .then(resolve, reject);
    });
}
function isRequest(input) {
    return typeof input === 'object' && 'url' in input;
}
function isStream(body) {
    return (typeof body === 'object' &&
        body !== null &&
        ('getReader' in body || Symbol.asyncIterator in body));
}
