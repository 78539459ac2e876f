/**
 * What a login is compared with: the dummy hash that most would write. A name that nobody has costs
 * today's hash, one that somebody has costs whatever that user's own hash costs.
 *
 * @module
 */
import { eq } from 'drizzle-orm';
import { connect } from '../src/db/connection.ts';
import { users } from '../src/db/schema.ts';
import { deriveForeignKey } from '../src/password/identity-hash.ts';
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
  const hash = stored === null ? null : parseStoredHash(stored);
  // Portero's own verification evens out what an old hash costs.
  if (hash?.kind !== 'foreign') return (await verifyPassword(password, stored, [])) === 'match';
  const key = await deriveForeignKey(new TextEncoder().encode(password), hash.foreign);
  return crypto.subtle.timingSafeEqual(key, hash.key);
}
