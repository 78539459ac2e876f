/**
 * A login with a dummy hash, and a forgotten password, as most people would write them. The bench compares Portero with them.
 * An unknown name costs today's hash. A known name costs the hash of that user, which may be cheaper. A forgotten password of
 * a known name gets its link before the answer.
 *
 * @module
 */
import { eq } from 'drizzle-orm';
import { connect } from '../src/db/connection.ts';
import { insertLink } from '../src/db/password-links.ts';
import { users } from '../src/db/schema.ts';
import { deriveForeignKey } from '../src/password/foreign-layer.ts';
import { verifyPassword } from '../src/password/password.ts';
import { parseStoredHash } from '../src/password/stored-hash.ts';
import { normalizeUserName } from '../src/user-name.ts';

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const body = await request.json<Record<string, string>>();
    const { UserName, userName = UserName, Password = '' } = body;
    const [user] = await connect(env.DATABASE_URL)
      .select({ id: users.id, passwordHash: users.passwordHash })
      .from(users)
      .where(eq(users.normalizedUserName, normalizeUserName(userName ?? '')));
    if (request.url.endsWith('/Forgotten')) {
      if (user !== undefined) await addLink(user.id, env);
      return new Response(null, { status: 202 });
    }
    const isRight = await verify(Password, user?.passwordHash ?? null);
    return new Response(null, { status: isRight ? 204 : 401 });
  },
} satisfies ExportedHandler<Env>;

async function addLink(userId: string, { DATABASE_URL }: Env): Promise<void> {
  const tokenDigest = crypto.randomUUID();
  const link = { userId, kind: 'forgotten', tokenDigest, hours: 1, isMailed: true } as const;
  await insertLink(connect(DATABASE_URL), link);
}

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
