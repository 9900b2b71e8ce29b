// How far the requests of now are from those a model was measured with, where the platform watches that.

import { get, pace } from './api.js';
import { h, replace } from './dom.js';
import { figure } from './format.js';
import { every, tag } from './parts.js';

const Interval = 10000;
// A report may grow; these are its statistics.
const Statistics = /psi|divergence|distance|statistic|score|drift|p_value/;

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
        if (report && statistics(report).length > 0) reports.push({ name: `${model.id}:${model.active_version}`, report });
      }
      element.hidden = reports.length === 0;
      replace(list, reports.map(({ name, report }) => h('li', {}, h('span', { class: 'drift-name' }, name), word(report),
        h('dl', { class: 'facts-list' }, statistics(report).slice(0, 4).map(([key, value]) => h('div', {}, h('dt', {}, key), h('dd', {}, figure(value))))))));
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

const word = report => {
  const said = report.status ?? report.state ?? report.verdict;
  return typeof said === 'string' ? tag(said, /drift|alarm|warn|bad/.test(said) ? 'warn' : 'good') : null;
};

/** Names and values, however deep they are. */
function statistics(value, name = '') {
  if (typeof value === 'number') return Statistics.test(name) ? [[name.replaceAll('_', ' '), value]] : [];
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => statistics(inner, name ? `${name} ${key}` : key));
}
