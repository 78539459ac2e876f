/**
 * A Worker that trusts Portero's tokens: docs/protect-a-worker.md.
 *
 * @module
 */
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { type CallerVariables, requirePermission, requireToken } from 'portero/middleware';

const invoices = [
  { id: '2026-001', customer: 'Panadería Sol', total: 120.5 },
  { id: '2026-002', customer: 'Talleres Luna', total: 980 },
];

interface Bindings {
  /** The origin of the web app that calls this Worker from a browser. */
  WEB_APP_ORIGIN: string;
}

const app = new Hono<{ Bindings: Bindings; Variables: CallerVariables }>();

app.get('/', (c) => c.text('GET /api/invoices with a token of Portero.'));

// Before the token is looked at: a browser asks first, without a token, whether the web app may send one.
app.use(
  '/api/*',
  cors({
    origin: (origin, c) => (origin === c.env.WEB_APP_ORIGIN ? origin : null),
    allowMethods: ['GET', 'HEAD', 'POST'],
    exposeHeaders: ['Retry-After', 'WWW-Authenticate'],
    maxAge: 7200,
  }),
);

app.use('/api/*', requireToken());

app.get('/api/invoices', requirePermission('invoices.list'), (c) =>
  c.json({ invoices, reader: c.get('caller').name }),
);

app.post('/api/invoices', requirePermission('invoices.create'), (c) =>
  c.json({ id: '2026-003', by: c.get('caller').sub }, 201),
);

export default app;
