/**
 * The floor of a protected route: a Worker that verifies the token with `jwtVerify` of jose and nothing else. It answers the
 * bytes of `GET /api/Users/me`.
 *
 * @module
 */
import { Hono } from 'hono';
import { jwtVerify } from 'jose';

interface Bindings {
  JWT_SECRET: string;
  JWT_ISSUER: string;
  JWT_AUDIENCE: string;
}

/** The key and not a promise of it: Workers bind a promise to the request that made it. */
let key: CryptoKey | undefined;

export default new Hono<{ Bindings: Bindings }>().get('/api/Users/me', async (context) => {
  const { JWT_SECRET, JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = context.env;
  key ??= await crypto.subtle.importKey(
    'raw',
    new TextEncoder().encode(JWT_SECRET),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['verify'],
  );
  const token = context.req.header('Authorization')?.slice('Bearer '.length) ?? '';
  const { payload } = await jwtVerify(token, key, {
    algorithms: ['HS256'],
    typ: 'JWT',
    issuer,
    audience,
    requiredClaims: ['sub', 'iat', 'nbf', 'exp', 'jti'],
  });
  const { sub, name, role, admin = false, permissions } = payload;
  return context.json({ id: sub, userName: name, role, admin, permissions });
});
