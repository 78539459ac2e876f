// Written by `npm run generate` from src/client.ts.
/**
 * Public: a client for browsers and Node that asks for a login when one is needed, and then goes on.
 *
 * @module
 */
export class PorteroError extends Error {
    name = 'PorteroError';
    code;
    /** When it is worth trying again, where the service has said so. */
    retryAfterSeconds;
    constructor(code, message, options) {
        super(message, options);
        this.code = code;
        this.retryAfterSeconds = options?.retryAfterSeconds;
    }
}
/** @throws TypeError for a `baseUrl` or a trusted origin that is no URL */
export function createClient(options) {
    const send = options.fetch ?? ((request) => fetch(request));
    const page = globalThis.location?.href;
    const base = new URL(options.baseUrl, page);
    if (!base.pathname.endsWith('/'))
        base.pathname += '/';
    const origins = [base, ...(options.trustedOrigins ?? [])].map((url) => new URL(url).origin);
    let current;
    /** The login that is being asked for, if there is one. */
    let asking;
    /** Why the last login that was asked for has not come about. */
    let failure;
    /** Aborted by a logout, and replaced. */
    let sitting = new AbortController();
    let reminder;
    async function login({ userName, password, captchaToken }, { signal } = {}) {
        const stop = AbortSignal.any(signal ? [signal, sitting.signal] : [sitting.signal]);
        const request = new Request(new URL('api/Auth', base), {
            method: 'POST',
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify({ userName, password, captchaToken }),
            redirect: 'error', // a password goes to this address and to no other
            signal: stop,
        });
        const sentAt = Date.now();
        let response;
        let text;
        try {
            response = await send(request);
            text = await response.text();
        }
        catch (cause) {
            stop.throwIfAborted();
            throw new PorteroError('login_failed', 'The login service did not answer.', { cause });
        }
        stop.throwIfAborted();
        current = readLogin(response, text, sentAt);
        const { session } = current;
        remind(session.secondsLeft - (options.askBeforeExpirySeconds ?? Infinity));
        return session;
    }
    function logout() {
        const ended = sitting;
        sitting = new AbortController();
        current = undefined;
        asking = undefined;
        remind(0);
        ended.abort(new PorteroError('logged_out', 'There was a logout meanwhile.'));
    }
    /** @param inSeconds 0 or less for not at all */
    function remind(inSeconds) {
        if (reminder !== undefined)
            clearTimeout(reminder);
        if (inSeconds <= 0)
            return;
        // Who cancels this is asked again by the first 401.
        reminder = setTimeout(() => void requireLogin().catch(() => { }), inSeconds * 1000);
        reminder.unref?.(); // Node may end meanwhile
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
            if (current !== before)
                return;
        }
        catch (error) {
            signal.throwIfAborted();
            cause = error;
        }
        failure =
            cause instanceof PorteroError
                ? cause
                : new PorteroError('login_cancelled', 'The login was cancelled.', { cause });
        throw failure;
    }
    async function fetchWithToken(input, init = {}) {
        const url = new URL(input instanceof Request ? input.url : input, base);
        if (!origins.includes(url.origin)) {
            throw new PorteroError('origin_not_trusted', `${url.origin} may not have the token.`);
        }
        const loggedOut = sitting.signal;
        const userId = current?.session.claims.sub;
        const signal = init.signal ?? (input instanceof Request ? input.signal : undefined);
        const isRepeatable = !isStream(init.body);
        function attempt() {
            const request = new Request(input instanceof Request ? input.clone() : url, init);
            if (current)
                request.headers.set('Authorization', `Bearer ${current.token}`);
            return send(request);
        }
        const failureBefore = failure;
        /** Has a login asked for, unless there was one for another request. @param used the one that is of no use */
        async function renew(used) {
            if (current === used) {
                // Who has cancelled for the others that were under way is not asked again for this one.
                if (failure !== failureBefore)
                    throw failure;
                await untilAborted(requireLogin(), signal);
            }
            loggedOut.throwIfAborted();
            if (userId !== undefined && current?.session.claims.sub !== userId) {
                throw new PorteroError('user_changed', 'Somebody else has logged in meanwhile.');
            }
        }
        // What can be sent only once is not sent in vain.
        if (!isRepeatable && !current?.session.secondsLeft)
            await renew(current);
        const used = current;
        const response = await attempt();
        if (response.status !== 401)
            return response;
        await response.body?.cancel();
        loggedOut.throwIfAborted();
        await renew(used);
        if (!isRepeatable) {
            throw new PorteroError('body_not_repeatable', 'A stream cannot be sent a second time.');
        }
        return attempt();
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
/** @param sentAt when the login was sent, in milliseconds since 1970 by the clock of this device */
function readLogin({ status, headers }, text, sentAt) {
    if (status === 401)
        throw new PorteroError('login_refused', 'The login was refused.');
    if (status === 429 || status === 503) {
        const retryAfterSeconds = Number(headers.get('Retry-After')) || undefined;
        throw new PorteroError('login_later', 'The login cannot be decided now.', {
            retryAfterSeconds,
        });
    }
    try {
        const { token } = JSON.parse(text);
        const [header, claims] = token.split('.', 2).map(decodePart);
        return { token, session: toSession(header, claims, sentAt) };
    }
    catch {
        // Without its cause, which would quote what came in place of a token.
        throw new PorteroError('login_failed', `The login service answered ${status} and no token.`);
    }
}
/** RFC 7515, section 2: base64url of JSON in UTF-8. */
function decodePart(part) {
    const bytes = atob(part.replaceAll('-', '+').replaceAll('_', '/'));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes, (c) => c.charCodeAt(0))));
}
function toSession(header, claims, sentAt) {
    const lifetimeSeconds = claims.exp - claims.iat;
    if (!(lifetimeSeconds > 0))
        throw new TypeError('The token has no lifetime.');
    return {
        header,
        claims,
        get secondsLeft() {
            // Since before the token was issued: rather too little than too much.
            const passedSeconds = (Date.now() - sentAt) / 1000;
            return Math.max(0, Math.floor(lifetimeSeconds - passedSeconds));
        },
        can: (permission) => claims.admin === true || !!claims.permissions?.includes(permission),
    };
}
/** Waits for one of two: what it waits for goes on after an abort, since others may wait for it too. */
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
/** Whether a body is gone once it has been sent. */
function isStream(body) {
    return (typeof body === 'object' &&
        body !== null &&
        ('getReader' in body || Symbol.asyncIterator in body));
}
