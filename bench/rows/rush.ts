/**
 * Sixteen logins at once, and another route beside them. The same with three foreign layers, and with hashes in one piece.
 *
 * @module
 */
import type { Bed } from '../bed/bed.ts';
import { timeSlowestLayer, withForeignLayers } from '../bed/foreign-layers.ts';
import { issueTokens } from '../bed/tokens.ts';
import { nextUser, PERMISSIONS } from '../bed/users.ts';
import type { Workerd } from '../bed/workerd.ts';
import { sendLogin } from '../load/login.ts';
import { type Request, send } from '../load/request.ts';
import { inRounds } from '../load/rounds.ts';
import { FIGURES, RUSH_SIZE, type Rush, rush } from '../load/rush.ts';
import { alone, beside, type Measurement, type Row } from '../report/row.ts';
import { drawRushes, type TitledRush } from '../report/rush-svg.ts';
import { SQL_CALLS } from './login.ts';

const ROUNDS = { quick: 1, full: 5 };

/** Other requests wait for one layer at most: 130 ms where one takes 110 ms. */
const ONE_LAYER = { of: 'ratio', atMost: 1.18 } as const;

export async function measureRush(bed: Bed): Promise<Measurement> {
  const portero = await bed.start({ portero: bed.portero() });
  const floor = await bed.start({ hash: { bundle: bed.bundles.hash } });
  const rushOfLogins = await prepareLogins(bed, portero);
  const rushOfHashes = (path: string) =>
    rush(
      () => timeOf(floor, { path }),
      () => timeOf(floor, { path: '/' }),
    );
  const rushes = await inRounds(
    { rounds: bed.isQuick ? ROUNDS.quick : ROUNDS.full, warmUp: 0 },
    {
      logins: rushOfLogins,
      layered: () => withForeignLayers(bed.services, rushOfLogins),
      oneLayer: () => timeSlowestLayer(floor),
      onePieces: () => rushOfHashes('/one-piece'),
      // It is for the picture alone.
      ...(bed.isQuick ? {} : { shared: () => rushOfHashes('/shared') }),
    },
  );
  await Promise.all([portero.stop(), floor.stop()]);

  const { logins, layered, onePieces, oneLayer, shared = [] } = rushes;
  const withLayers = '16 logins, 3 foreign layers';
  const slowest = `${withLayers}: ${NAMES.otherP99}`;
  return {
    rows: [
      ...rowsOf('16 logins', logins, { name: '16 in one piece', rushes: onePieces }),
      ...rowsOf(withLayers, layered).filter(({ what }) => what !== slowest),
      beside(
        slowest,
        'ms',
        layered.map(FIGURES.otherP99),
        { name: 'one layer', values: oneLayer },
        ONE_LAYER,
      ),
    ],
    picture: drawRushes([
      ...titled('Portero', logins),
      ...titled('Portero with three foreign layers', layered),
      ...titled('Hashes in one piece each', onePieces),
      ...titled('Hashes in slices that share the processor', shared),
    ]),
  };
}

const NAMES: Record<keyof typeof FIGURES, string> = {
  mean: 'mean',
  p95: 'p95',
  last: 'last',
  otherP50: 'p50 of another route',
  otherP95: 'p95 of another route',
  otherP99: 'p99 of another route',
};

/** @param floor with the rushes of the same rounds */
function rowsOf(what: string, rushes: Rush[], floor?: { name: string; rushes: Rush[] }): Row[] {
  return Object.entries(FIGURES).map(([key, figure]) => {
    const text = `${what}: ${NAMES[key as keyof typeof FIGURES]}`;
    const values = rushes.map(figure);
    if (floor === undefined) return alone(text, 'ms', values);
    return beside(text, 'ms', values, { name: floor.name, values: floor.rushes.map(figure) });
  });
}

/** The first of some rushes, for the picture. None where there are none. */
function titled(title: string, rushes: Rush[]): TitledRush[] {
  return rushes.slice(0, 1).map((rush) => ({ title, rush }));
}

/** @returns what lets many users log in at once, while another user reads `GET /api/Users/me` */
async function prepareLogins(
  { jwtSecret, services }: Bed,
  portero: Workerd,
): Promise<() => Promise<Rush>> {
  const [token = ''] = await issueTokens(jwtSecret, PERMISSIONS, 1);
  const readMe = { path: '/api/Users/me', headers: { Authorization: `Bearer ${token}` } };
  const logIn = async () => (await sendLogin(portero.port, nextUser(), 200)).ms;

  await Promise.all([logIn(), timeOf(portero, readMe)]);
  await services.takeCalls('sql', SQL_CALLS);
  return async () => {
    const happened = await rush(logIn, () => timeOf(portero, readMe));
    await services.takeCalls('sql', RUSH_SIZE * SQL_CALLS);
    return happened;
  };
}

async function timeOf({ port }: Workerd, request: Request): Promise<number> {
  return (await send(port, request)).ms;
}
