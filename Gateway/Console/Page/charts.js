// Charts of the last two minutes, drawn by hand as SVG. Series differ by line as well as by colour; the figures are in words beside and in the image's label.

import { h, replace, svg } from './dom.js';

const Width = 300, Height = 96, Left = 4, Top = 6, Seconds = 120;

/** A card with a chart. */
export function chart({ title, unit, series, format, most }) {
  const now = h('dl', { class: 'chart-now' });
  const place = h('div', { class: 'chart-image' });
  const element = h('section', { class: 'card chart', 'aria-label': title }, h('h2', {}, title), now, place);

  const draw = (samples, values) => {
    const lines = values.map(of => samples.map(s => [s.at, of(s)]));
    const last = lines.map(line => line.at(-1)?.[1] ?? null);
    const top = most ?? nice(Math.max(0, ...lines.flat().map(([, value]) => value ?? 0)));
    replace(now, series.map(([name], i) => h('div', {}, h('dt', {}, h('i', { class: `key key-${i}`, 'aria-hidden': 'true' }), name), h('dd', {}, format(last[i]), last[i] === null ? '' : unit))));
    const label = `${title}: ${series.map(([name], i) => `${name} ${format(last[i])}${last[i] === null ? '' : unit}`).join(', ')}; at most ${format(top)} in the last two minutes.`;
    replace(place, svg('svg', { viewBox: `0 0 ${Width} ${Height}`, role: 'img', 'aria-label': label, preserveAspectRatio: 'none' },
      [0, 0.5, 1].map(part => svg('line', { class: 'rule', x1: 0, x2: Width, y1: height(part), y2: height(part) })),
      lines.map((line, i) => shape(line, i, top))),
    h('span', { class: 'chart-top', 'aria-hidden': 'true' }, format(top)));
  };
  draw([], series.map(() => () => null));
  return { element, draw };
}

const height = part => Top + (1 - part) * (Height - 2 * Top);

/** A line for each stretch without a gap; below the first series, an area. */
function shape(line, index, top) {
  const end = line.at(-1)?.[0] ?? 0;
  const stretches = [[]];
  for (const [at, value] of line) {
    if (value === null || value === undefined) stretches.push([]);
    else stretches.at(-1).push([Left + (Width - 2 * Left) * (1 - (end - at) / 1000 / Seconds), height(Math.min(1, value / top))]);
  }
  return stretches.filter(points => points.length > 0).map(points => {
    const path = points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
    const floor = `L${points.at(-1)[0].toFixed(1)} ${height(0)}L${points[0][0].toFixed(1)} ${height(0)}Z`;
    return [index === 0 && svg('path', { class: 'area', d: path + floor }), svg('path', { class: `line line-${index}`, d: points.length > 1 ? path : `${path}h1` })];
  });
}

/** The next 1, 2 or 5 of a power of ten. */
function nice(value) {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].find(step => step * power >= value) * power;
}
