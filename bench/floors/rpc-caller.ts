/**
 * The floor of `requireToken` over RPC: a Worker that makes one RPC call for each request, and checks nothing of the answer.
 *
 * @module
 */
import { Hono } from 'hono';

interface Bindings {
  PORTERO: { verify(token: string): Promise<{ value: { sub: string; name: string } }> };
}

export default new Hono<{ Bindings: Bindings }>().get('/api/greeting', async (context) => {
  const token = context.req.header('Authorization')?.slice('Bearer '.length) ?? '';
  const { sub, name } = (await context.env.PORTERO.verify(token)).value;
  return context.json({ sub, name });
});
