/**
 * A login with a dummy hash, as most people would write it. The bench compares Portero's login with it. An unknown name
 * costs today's hash. A known name costs the hash of that user, which may be cheaper.
 *
 * @module
 */
import { eq } from 'drizzle-orm';
import { connect } from '../src/db/connection.ts';
import { users } from '../src/db/schema.ts';
import { deriveForeignKey } from '../src/password/foreign-layer.ts';
import { verifyPassword } from '../src/password/password.ts';
import { parseStoredHash } from '../src/password/stored-hash.ts';
import { normalizeUserName } from '../src/user-name.ts';

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { UserName, Password } = await request.json<Record<'UserName' | 'Password', string>>();
    const [user] = await connect(env.DATABASE_URL)
      .select({ passwordHash: users.passwordHash })
      .from(users)
      .where(eq(users.normalizedUserName, normalizeUserName(UserName)));
    const isRight = await verify(Password, user?.passwordHash ?? null);
    return new Response(null, { status: isRight ? 204 : 401 });
  },
} satisfies ExportedHandler<Env>;

async function verify(password: string, stored: string | null): Promise<boolean> {
  const hash = stored === null ? undefined : parseStoredHash(stored);
  if (!hash?.ok || hash.value.kind !== 'foreign') {
    const match = await verifyPassword(password, stored, { shapes: [] });
    return match.ok && !match.value.isOutdated;
  }
  // Portero's own verification is not used here, because it would even out the cost of an old hash.
  const key = await deriveForeignKey(new TextEncoder().encode(password), hash.value.foreign);
  return crypto.subtle.timingSafeEqual(key, hash.value.key);
}
