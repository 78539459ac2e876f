/**
 * Draws rushes, one below the other: when each login was answered, and how long another route took at each moment.
 *
 * @module
 */
import type { Rush } from '../load/rush.ts';

export interface TitledRush {
  title: string;
  rush: Rush;
}

const WIDTH = 720;
const MARGIN = 48;
const PANEL_HEIGHT = 190;
/** The heights of the two parts of a panel: the answered logins, and the times of the other route. */
const LOGINS_HEIGHT = 70;
const PROBES_HEIGHT = 50;
const LEGEND_HEIGHT = 40;

const LOGIN_COLOUR = '#1f6feb';
const PROBE_COLOUR = '#d1242f';
const TEXT_COLOUR = '#57606a';

/** All panels have the same scales. */
interface Scale {
  /** The end of the last rush. */
  longestMs: number;
  /** The longest time of the other route. */
  slowestMs: number;
}

export function drawRushes(rushes: TitledRush[]): string {
  const scale = {
    longestMs: Math.max(...rushes.flatMap(({ rush }) => rush.hashes)),
    slowestMs: Math.max(...rushes.flatMap(({ rush }) => rush.probes.map(({ ms }) => ms))),
  };
  const height = rushes.length * PANEL_HEIGHT + LEGEND_HEIGHT;
  const legend = height - 16;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="13">`,
    '<title>Sixteen logins at once, and the times of another route beside them</title>',
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    ...rushes.map((titled, index) => panel(titled, scale, index * PANEL_HEIGHT)),
    `<text x="${MARGIN}" y="${legend}" fill="${LOGIN_COLOUR}">a login is answered</text>`,
    `<text x="${MARGIN + 150}" y="${legend}" fill="${PROBE_COLOUR}">the time of another request, sent at that moment</text>`,
    '</svg>\n',
  ].join('\n');
}

function panel({ title, rush }: TitledRush, scale: Scale, top: number): string {
  const probesLine = top + 36 + LOGINS_HEIGHT + PROBES_HEIGHT;
  const at = (ms: number) => MARGIN + (ms / scale.longestMs) * (WIDTH - 2 * MARGIN);
  const ends = rush.hashes.toSorted((one, other) => one - other);
  const dots = ends.map((end, index) => {
    const y = top + 36 + LOGINS_HEIGHT * (1 - (index + 1) / ends.length);
    return `<circle cx="${at(end).toFixed(1)}" cy="${y.toFixed(1)}" r="3"/>`;
  });
  const lines = rush.probes.map((probe) => {
    const height = (probe.ms / scale.slowestMs) * PROBES_HEIGHT;
    return `M${at(probe.at).toFixed(1)} ${probesLine}v-${height.toFixed(1)}`;
  });
  const [end, slowest] = [Math.max(...rush.hashes), Math.max(...rush.probes.map(({ ms }) => ms))];
  const summary = `last login ${inMs(end)}, slowest other request ${inMs(slowest)}`;
  return [
    `<text x="${MARGIN}" y="${top + 22}">${title}: ${summary}</text>`,
    `<g fill="${LOGIN_COLOUR}">${dots.join('')}</g>`,
    `<path d="${lines.join('')}" stroke="${PROBE_COLOUR}"/>`,
    `<path d="M${MARGIN} ${probesLine}H${WIDTH - MARGIN}" stroke="${TEXT_COLOUR}"/>`,
    `<text x="${MARGIN}" y="${probesLine + 16}" fill="${TEXT_COLOUR}">0 ms</text>`,
    `<text x="${WIDTH - MARGIN}" y="${probesLine + 16}" fill="${TEXT_COLOUR}" text-anchor="end">${inMs(scale.longestMs)}</text>`,
  ].join('\n');
}

function inMs(time: number): string {
  return `${Math.round(time).toLocaleString('en')} ms`;
}
