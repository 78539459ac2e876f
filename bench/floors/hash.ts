/**
 * The floors of a login: a Worker that only hashes.
 *
 * @module
 */
import { Hono } from 'hono';

const PASSWORD = new TextEncoder().encode('correct horse battery staple');
const SALT = new Uint8Array(16);

/** The cost of a login. The production runtime would refuse it in one call. */
const ITERATIONS = 220_000;
const SLICES = 22;

/** One block of every hash function, so that it takes the iterations once. */
const KEY_BITS = 160;

const app = new Hono();

app.get('/one-piece', async (context) => {
  await derive('SHA-512', ITERATIONS);
  return context.json({});
});

app.get('/slices', async (context) => {
  for (let slice = 0; slice < SLICES; slice++) await derive('SHA-512', ITERATIONS / SLICES);
  return context.json({});
});

/** Every other hash goes on after each slice. So all hashes share the processor. */
app.get('/shared', async (context) => {
  for (let slice = 0; slice < SLICES; slice++) {
    if (slice > 0) await scheduler.wait(0);
    await derive('SHA-512', ITERATIONS / SLICES);
  }
  return context.json({});
});

/** A foreign layer, as an import from ASP.NET Core Identity leaves it. */
app.get('/layer/:hash', async (context) => {
  await derive(context.req.param('hash'), 100_000);
  return context.json({});
});

/** Another route of the same Worker. */
app.get('/', (context) => context.json({}));

export default app;

async function derive(hash: string, iterations: number): Promise<void> {
  const key = await crypto.subtle.importKey('raw', PASSWORD, 'PBKDF2', false, ['deriveBits']);
  await crypto.subtle.deriveBits({ name: 'PBKDF2', hash, salt: SALT, iterations }, key, KEY_BITS);
}
