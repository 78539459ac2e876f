/**
 * Draws two distributions of times over each other, one picture for each pair.
 *
 * @module
 */

interface Pair {
  title: string;
  /** In milliseconds. */
  known: number[];
  unknown: number[];
}

const WIDTH = 720;
const PANEL_HEIGHT = 150;
const MARGIN = 40;
const BINS = 80;
/** The slowest answers tell more of the machine than of the name. */
const SHOWN_SHARE = 0.99;

export function drawDistributions(pairs: Pair[]): string {
  const all = pairs.flatMap(({ known, unknown }) => [...known, ...unknown]);
  const sorted = all.toSorted((one, other) => one - other);
  const from = Math.floor((sorted[0] ?? 0) / 10) * 10;
  const to = Math.ceil((sorted[Math.floor(sorted.length * SHOWN_SHARE)] ?? 1) / 10) * 10;
  const panels = pairs.map((pair, index) => panel(pair, from, to, index * PANEL_HEIGHT));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${pairs.length * PANEL_HEIGHT + MARGIN}" font-family="sans-serif" font-size="13">`,
    '<title>Times of refused logins, for known and for unknown names</title>',
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    ...panels,
    `<text x="${MARGIN}" y="${pairs.length * PANEL_HEIGHT + 22}" fill="#1f6feb">known names</text>`,
    `<text x="${MARGIN + 110}" y="${pairs.length * PANEL_HEIGHT + 22}" fill="#d1242f">unknown names</text>`,
    '</svg>\n',
  ].join('\n');
}

function panel({ title, known, unknown }: Pair, from: number, to: number, top: number): string {
  const baseline = top + PANEL_HEIGHT - 25;
  return [
    `<text x="${MARGIN}" y="${top + 22}">${title}</text>`,
    `<path d="${outline(known, from, to, baseline)}" fill="#1f6feb" fill-opacity="0.35" stroke="#1f6feb"/>`,
    `<path d="${outline(unknown, from, to, baseline)}" fill="#d1242f" fill-opacity="0.35" stroke="#d1242f"/>`,
    `<text x="${MARGIN}" y="${baseline + 16}" fill="#57606a">${from} ms</text>`,
    `<text x="${WIDTH - MARGIN}" y="${baseline + 16}" fill="#57606a" text-anchor="end">${to} ms</text>`,
  ].join('\n');
}

/** A histogram as one closed line. */
function outline(times: number[], from: number, to: number, baseline: number): string {
  const counts = Array<number>(BINS).fill(0);
  for (const time of times) {
    const bin = Math.floor(((time - from) / (to - from)) * BINS);
    if (bin >= 0 && bin < BINS) counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const step = (WIDTH - 2 * MARGIN) / BINS;
  const scale = (PANEL_HEIGHT - 65) / (times.length / 8);
  const points = counts.map((count, bin) => {
    const height = Math.min(count * scale, PANEL_HEIGHT - 60);
    const y = (baseline - height).toFixed(1);
    return `L${(MARGIN + bin * step).toFixed(1)} ${y} L${(MARGIN + (bin + 1) * step).toFixed(1)} ${y}`;
  });
  return `M${MARGIN} ${baseline} ${points.join(' ')} L${WIDTH - MARGIN} ${baseline} Z`;
}
