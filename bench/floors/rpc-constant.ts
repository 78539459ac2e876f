/**
 * The other end of `rpc-caller.ts`: a Worker whose RPC method verifies nothing. It returns what `TokenVerifier` returns of one
 * token.
 *
 * @module
 */
import { WorkerEntrypoint } from 'cloudflare:workers';
import type { Verification } from '#portero/verifier.ts';

const VERIFICATION: Verification = {
  ok: true,
  value: {
    iss: 'portero',
    aud: 'portero',
    sub: '0f8fad5b-d9cb-469f-a165-70867728950e',
    name: 'user-0',
    role: 'Sales',
    permissions: ['users.list', 'users.read'],
    iat: 1_800_000_000,
    nbf: 1_800_000_000,
    exp: 1_800_001_800,
    jti: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
  },
};

export class TokenVerifier extends WorkerEntrypoint {
  verify(_token: string): Verification {
    return VERIFICATION;
  }
}

export default { fetch: () => new Response(null, { status: 404 }) };
