/**
 * A Worker that is protected as `docs/protect-a-worker.md` says. The bench measures what its requests cost.
 *
 * @module
 */
import { Hono } from 'hono';
import { type CallerVariables, requireToken } from '#portero/middleware.ts';

const app = new Hono<{ Variables: CallerVariables }>();
app.use('/api/*', requireToken());
app.get('/api/greeting', (context) => {
  const { sub, name } = context.get('caller');
  return context.json({ sub, name });
});

export default app;
