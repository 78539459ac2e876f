/**
 * Draws pairs of distributions of times. Each pair has a panel, in which one distribution lies over the other.
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
/** The height of the highest bar in a panel. */
const BAR_HEIGHT = 90;
const MARGIN = 40;
const BINS = 80;
/** The slowest answers are not shown. They tell more about the machine than about the name. */
const SHOWN_SHARE = 0.99;

export function drawDistributions(pairs: Pair[]): string {
  const all = pairs.flatMap(({ known, unknown }) => [...known, ...unknown]);
  const sorted = all.toSorted((one, other) => one - other);
  const from = Math.floor((sorted[0] ?? 0) / 10) * 10;
  const to = Math.ceil((sorted[Math.floor(sorted.length * SHOWN_SHARE)] ?? 1) / 10) * 10;
  const panels = pairs.map((pair, index) => panel(pair, { from, to }, index * PANEL_HEIGHT));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${pairs.length * PANEL_HEIGHT + MARGIN}" font-family="sans-serif" font-size="13">`,
    '<title>Times of refused logins and of forgotten passwords, for known and for unknown names</title>',
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    ...panels,
    `<text x="${MARGIN}" y="${pairs.length * PANEL_HEIGHT + 22}" fill="#1f6feb">known names</text>`,
    `<text x="${MARGIN + 110}" y="${pairs.length * PANEL_HEIGHT + 22}" fill="#d1242f">unknown names</text>`,
    '</svg>\n',
  ].join('\n');
}

function panel(
  { title, known, unknown }: Pair,
  { from, to }: { from: number; to: number },
  top: number,
): string {
  const baseline = top + PANEL_HEIGHT - 25;
  const samples = [histogram(known, from, to), histogram(unknown, from, to)] as const;
  const scale = BAR_HEIGHT / Math.max(...samples.flat());
  const [knownLine, unknownLine] = samples.map((counts) => outline(counts, scale, baseline));
  return [
    `<text x="${MARGIN}" y="${top + 22}">${title}</text>`,
    `<path d="${knownLine}" fill="#1f6feb" fill-opacity="0.35" stroke="#1f6feb"/>`,
    `<path d="${unknownLine}" fill="#d1242f" fill-opacity="0.35" stroke="#d1242f"/>`,
    `<text x="${MARGIN}" y="${baseline + 16}" fill="#57606a">${from} ms</text>`,
    `<text x="${WIDTH - MARGIN}" y="${baseline + 16}" fill="#57606a" text-anchor="end">${to} ms</text>`,
  ].join('\n');
}

function histogram(times: number[], from: number, to: number): number[] {
  const counts = Array<number>(BINS).fill(0);
  for (const time of times) {
    const bin = Math.floor(((time - from) / (to - from)) * BINS);
    if (bin >= 0 && bin < BINS) counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

/** A histogram as one closed line. */
function outline(counts: number[], scale: number, baseline: number): string {
  const step = (WIDTH - 2 * MARGIN) / BINS;
  const points = counts.map((count, bin) => {
    const y = (baseline - count * scale).toFixed(1);
    return `L${(MARGIN + bin * step).toFixed(1)} ${y} L${(MARGIN + (bin + 1) * step).toFixed(1)} ${y}`;
  });
  return `M${MARGIN} ${baseline} ${points.join(' ')} L${WIDTH - MARGIN} ${baseline} Z`;
}
