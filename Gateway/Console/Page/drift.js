// How far the requests of now are from those a model was measured with, where the platform watches that.

import { get, pace } from './api.js';
import { h, replace } from './dom.js';
import { count, figure, percent } from './format.js';
import { every, state, tag } from './parts.js';

const Interval = 10000;

/** A card that is there as soon as a model has a report. */
export function drifts() {
  const list = h('ul', { class: 'plain-list' });
  const element = h('section', { class: 'card chart', 'aria-label': 'Drift', hidden: true }, h('h2', {}, 'Drift'), list);
  let poll = null;
  let isWatched = true;

  const draw = async () => {
    if (!isWatched) return;
    try {
      const { data } = await get('/admin/models');
      const reports = [];
      for (const model of data.data) {
        if (!model.active_version) continue;
        const report = await reportOf(model.id, model.active_version);
        if (report) reports.push({ name: `${model.id}:${model.active_version}`, report });
      }
      element.hidden = reports.length === 0;
      replace(list, reports.map(({ name, report }) => h('li', {}, h('span', { class: 'drift-name' }, name), state(report.state), figures(report))));
    } catch (refusal) {
      // Without the scope, or a gateway without rollouts, there is nothing to be shown.
      if (refusal.status === 403 || refusal.status === 404) isWatched = false;
    }
  };

  return { element, start: () => { poll = every(() => pace(Interval), draw); }, stop: () => poll?.stop() };
}

async function reportOf(model, version) {
  try {
    return (await get(`/admin/models/${encodeURIComponent(model)}/drift?version=${encodeURIComponent(version)}`)).data;
  } catch (refusal) {
    if (refusal.status === 401 || refusal.status === 429) throw refusal;
    return null;
  }
}

/** How far each feature has moved, those that moved most first; before there is enough to compare, how much there is. */
function figures({ state: now, baseline, features, quality }) {
  if (now === 'collecting') return h('p', { class: 'quiet' }, `${count(baseline.samples)} of ${count(baseline.of)} observations for the baseline`);
  const moved = [...features].sort((a, b) => b.psi - a.psi).slice(0, 4);
  return h('dl', { class: 'facts-list' },
    moved.map(f => h('div', {}, h('dt', {}, `${f.feature.replaceAll('_', ' ')}, PSI`), h('dd', {}, figure(f.psi), f.alarm && tag('alarm', 'bad')))),
    quality && h('div', {}, h('dt', {}, 'right, by feedback'), h('dd', {}, `${percent(quality.accuracy)} of ${count(quality.samples)}`)));
}
