// The view of usage: a day's requests and tokens, by client and model.

import { get } from './api.js';
import { h, replace } from './dom.js';
import { count } from './format.js';
import { busy, button, column, empty, field, heading, refused, table } from './parts.js';

const Columns = [['subject', 'Client'], ['model', 'Model'], ['requests', 'Requests'], ['prompt_tokens', 'Tokens read'], ['completion_tokens', 'Tokens written']];
const Numbers = ['requests', 'prompt_tokens', 'completion_tokens'];
const Groups = { both: ['subject', 'model'], client: ['subject'], model: ['model'] };

export function mount(root) {
  const today = new Date().toISOString().slice(0, 10);
  const day = h('input', { type: 'date', value: today, max: today, change: () => load() });
  const by = h('select', { change: () => draw() }, h('option', { value: 'both' }, 'Client and model'), h('option', { value: 'client' }, 'Client'), h('option', { value: 'model' }, 'Model'));
  const list = h('div', { class: 'panel' });
  let rows = [];
  let order = { by: 'requests', down: true };
  root.append(heading('Usage', 'What was read and written, day by day in UTC.'),
    h('div', { class: 'toolbar' }, field('Day', day), field('Rows by', by), button('Read again', () => load(), { key: 'again' })), list);

  const load = async () => {
    if (!day.value) return;
    replace(list, busy('Adding up…'));
    try {
      rows = (await get(`/admin/usage?day=${encodeURIComponent(day.value)}`)).data.data;
      draw();
    } catch (refusal) {
      replace(list, refused(refusal, 'admin'));
    }
  };

  const draw = () => {
    if (rows.length === 0) {
      replace(list, empty('usage', 'Nothing was used on this day', 'Requests that a model answered are added up here, about a second later.'));
      return;
    }
    const names = Groups[by.value];
    const shown = Columns.filter(([key]) => names.includes(key) || Numbers.includes(key));
    if (!shown.some(([key]) => key === order.by)) order = { by: 'requests', down: true };
    const sorted = grouped(rows, names).sort((a, b) => compare(a[order.by], b[order.by]) * (order.down ? -1 : 1));
    const sums = Object.fromEntries(Numbers.map(key => [key, rows.reduce((sum, row) => sum + row[key], 0)]));
    replace(list, table(`Usage of ${day.value}`,
      shown.map(([key, title]) => h('th', { scope: 'col', class: Numbers.includes(key) ? 'number' : null, 'aria-sort': order.by !== key ? 'none' : order.down ? 'descending' : 'ascending' },
        h('button', { type: 'button', class: 'sort', 'data-key': `sort/${key}`, click: () => sort(key) }, title, h('span', { class: 'arrow', 'aria-hidden': 'true' }, order.by !== key ? '' : order.down ? '↓' : '↑')))),
      sorted.map(row => h('tr', {}, shown.map(([key], i) => i === 0 ? h('th', { scope: 'row' }, row[key] ?? 'not told')
        : Numbers.includes(key) ? h('td', { class: 'number' }, count(row[key])) : h('td', {}, row[key] ?? h('span', { class: 'quiet' }, 'not told'))))),
      h('tr', {}, shown.map(([key], i) => i === 0 ? h('th', { scope: 'row' }, 'Sum') : h('td', { class: 'number' }, Numbers.includes(key) ? count(sums[key]) : '')))));
  };

  const sort = key => {
    order = { by: key, down: order.by === key ? !order.down : Numbers.includes(key) };
    draw();
  };
  load();
}

const compare = (a, b) => typeof a === 'number' ? a - b : String(a ?? '').localeCompare(String(b ?? ''));

function grouped(rows, names) {
  const groups = new Map();
  for (const row of rows) {
    const key = JSON.stringify(names.map(name => row[name]));
    const sum = groups.get(key) ?? { ...Object.fromEntries(names.map(name => [name, row[name]])), requests: 0, prompt_tokens: 0, completion_tokens: 0 };
    for (const number of Numbers) sum[number] += row[number];
    groups.set(key, sum);
  }
  return [...groups.values()];
}
