/**
 * A Worker that trusts Portero's tokens: docs/protect-a-worker.md.
 *
 * @module
 */
import { Hono } from 'hono';
import { type CallerVariables, requirePermission, requireToken } from 'portero/middleware';

const invoices = [
  { id: '2026-001', customer: 'Panadería Sol', total: 120.5 },
  { id: '2026-002', customer: 'Talleres Luna', total: 980 },
];

const app = new Hono<{ Variables: CallerVariables }>();

app.get('/', (c) => c.text('GET /api/invoices with a token of Portero.'));

app.use('/api/*', requireToken());

app.get('/api/invoices', requirePermission('invoices.list'), (c) =>
  c.json({ invoices, reader: c.get('caller').name }),
);

app.post('/api/invoices', requirePermission('invoices.create'), (c) =>
  c.json({ id: '2026-003', by: c.get('caller').sub }, 201),
);

export default app;
