// The view of rates: what the gateway and its model servers are doing now. The gateway tells totals; rates are made here, of two of its answers.

import { get, pace } from './api.js';
import { chart } from './charts.js';
import { drifts } from './drift.js';
import { h, replace } from './dom.js';
import { figure, milliseconds, percent } from './format.js';
import { banner, button, column, every, heading, refused, state, table } from './parts.js';
import { Samples } from './samples.js';

const Interval = 1000, Rows = 12;

const Charts = [
  { title: 'Requests', unit: '/s', series: [['All', s => s.requests], ['Succeeded', s => s.succeeded]], format: figure },
  { title: 'Latency', unit: '', series: [['p50', s => s.p50], ['p99', s => s.p99]], format: milliseconds },
  { title: 'Errors', unit: '/s', series: [['Server', s => s.failed], ['Refused', s => s.refused]], format: figure },
  { title: 'Tokens', unit: '/s', series: [['Read', s => s.tokensIn], ['Written', s => s.tokensOut]], format: figure },
  { title: 'Batch', unit: ' sequences', series: [['Mean size', s => s.batch]], format: figure },
  { title: 'Queue', unit: '', series: [['Tokens', s => s.queued], ['Requests in work', s => s.inFlight]], format: figure },
  { title: 'Wait', unit: '', series: [['Mean time in the queue', s => s.wait]], format: milliseconds },
  { title: 'Cache', unit: '', series: [['Answered from it', s => s.cache]], format: value => percent(value, 0), most: 1 },
];

export function mount(root) {
  const samples = new Samples();
  const notes = h('div', {});
  const grid = h('div', { class: 'charts' });
  const numbers = h('div', { class: 'panel', hidden: true });
  const servers = h('div', { class: 'chips', role: 'list', 'aria-label': 'Model servers' });
  let paused = false;
  const hold = button('Pause', () => {
    paused = !paused;
    hold.querySelector('span').textContent = paused ? 'Go on' : 'Pause';
    if (!paused) poll.now();
  });
  const asTable = button('As a table', () => {
    numbers.hidden = !numbers.hidden;
    grid.hidden = !numbers.hidden;
    asTable.setAttribute('aria-pressed', String(!numbers.hidden));
    draw();
  });
  asTable.setAttribute('aria-pressed', 'false');
  root.append(heading('Live', 'The last two minutes of this gateway and of the model servers, all models together.', asTable, hold), notes, servers, grid, numbers);
  const drawn = Charts.map(c => chart(c));
  const drift = drifts();
  grid.append(...drawn.map(c => c.element), drift.element);

  const draw = () => {
    if (numbers.hidden) drawn.forEach((c, i) => c.draw(samples.all, Charts[i].series.map(([, of]) => of)));
    else replace(numbers, asRows(samples.all));
  };

  const poll = every(() => pace(Interval), async () => {
    if (paused) return;
    try {
      const { data } = await get('/admin/live');
      samples.add(data);
      replace(notes, data.replicas.length > 0 && data.replicas.every(r => !r.counters) && banner('The model servers tell no totals: only the gateway is shown.', 'info'));
      replace(servers, data.replicas.map(r => h('span', { class: 'chip', role: 'listitem' }, r.id, state(r.state))));
      draw();
    } catch (refusal) {
      replace(notes, refused(refusal, 'metrics'));
      grid.hidden = refusal.status === 403 || !numbers.hidden;
    }
  });
  drift.start();
  return () => { poll.stop(); drift.stop(); };
}

const asRows = samples => table('Figures of the last seconds', [column('Time'), Charts.flatMap(c => c.series.map(([name]) => column(`${c.title}: ${name}`, 'number')))],
  samples.slice(-Rows).reverse().map(s => h('tr', {}, h('th', { scope: 'row' }, new Date(s.at).toLocaleTimeString('en-GB')),
    Charts.flatMap(c => c.series.map(([, of]) => h('td', { class: 'number' }, c.format(of(s)) + (of(s) === null ? '' : c.unit)))))));
