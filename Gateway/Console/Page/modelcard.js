// One model as a card: traffic, trial, versions, history.

import { ago, bytes, count, milliseconds, moment, percent, plural } from './format.js';
import { h, wide } from './dom.js';
import { actionsOf, rollbackOf } from './modelactions.js';
import { banner, busy, button, cards, column, state, table, tag } from './parts.js';

const Tones = { active: 'good', canary: 'busy', shadow: 'busy', candidate: 'busy', previous: 'idle' };

export function card(model, { readOnly, waiting, change }) {
  const rollback = readOnly ? null : rollbackOf(model);
  const memory = model.versions.reduce((sum, v) => sum + (v.memory_bytes ?? 0), 0);
  const chosen = model.is_chosen === null ? null : model.is_chosen ? `Version ${model.active_version} was chosen` : 'The highest ready version answers';
  return h('section', { class: `card model${waiting || model.trial?.stage === 'loading' ? ' under-way' : ''}`, 'aria-label': `Model ${model.id}` },
    h('div', { class: 'card-head' },
      h('div', { class: 'card-title' }, h('h2', {}, model.id), model.task && tag(model.task)),
      rollback && button(rollback.label, () => change(model, rollback), { kind: 'small', sign: 'swap', key: `${model.id}/rollback`, label: `Roll back ${model.id}` })),
    h('p', { class: 'facts' }, [chosen, memory > 0 && `${bytes(memory)} on each model server`, model.changed_at && `changed ${ago(model.changed_at)}`, model.revision !== null && `revision ${model.revision}`].filter(Boolean).join(' · ')),
    waiting && busy('The gateway is at it…'),
    split(model),
    model.trial && trial(model),
    versions(model, readOnly, change),
    model.history.length > 0 && history(model));
}

/** Who answers requests for the bare name. */
function split(model) {
  const parts = model.versions.filter(v => v.traffic_percent > 0).sort((a, b) => b.traffic_percent - a.traffic_percent);
  if (parts.length === 0) return banner(`No version of ${model.id} answers now.`, 'warn');
  return h('figure', { class: 'split' },
    h('div', { class: 'split-bar', 'aria-hidden': 'true' }, parts.map((v, i) => wide(h('span', { class: `share share-${i % 3}` }), v.traffic_percent))),
    h('figcaption', {}, parts.map((v, i) => h('span', { class: 'legend' }, h('i', { class: `dot share-${i % 3}`, 'aria-hidden': 'true' }), `Version ${v.version}: ${percent(v.traffic_percent / 100)}`))));
}

const Stages = {
  loading: 'is being loaded', shadow: 'answers in the shadow', canary: 'is a canary', probation: 'is active on probation',
};

function trial(model) {
  const { version, stage, goal, percent: share, since, until, comparison: c } = model.trial;
  return h('div', { class: 'trial' },
    h('p', { class: 'trial-title' }, `Version ${version} ${Stages[stage] ?? stage}`, stage === 'canary' && share ? ` with ${percent(share / 100)}` : '', stage === 'loading' && goal !== 'load' ? ` for: ${goal}` : ''),
    h('p', { class: 'facts' }, `since ${ago(since)}`, until && `, until ${moment(until)}`),
    c && c.requests + (c.shadow?.compared ?? 0) > 0 && table(`Comparison of version ${version} with what answers now`, [column('Measure'), column(`Version ${version}`, 'number'), column('Others', 'number')], [
      h('tr', {}, h('th', { scope: 'row' }, 'Requests'), h('td', { class: 'number' }, count(c.requests)), h('td', {})),
      h('tr', {}, h('th', { scope: 'row' }, 'Errors'), h('td', { class: 'number' }, percent(c.error_rate, 2)), h('td', { class: 'number' }, percent(c.baseline_error_rate, 2))),
      h('tr', {}, h('th', { scope: 'row' }, 'Latency'), h('td', { class: 'number' }, milliseconds(c.latency_ms)), h('td', { class: 'number' }, milliseconds(c.baseline_latency_ms))),
      c.shadow && h('tr', {}, h('th', { scope: 'row' }, 'Same answer'), h('td', { class: 'number' }, `${percent(c.shadow.agreement)} of ${count(c.shadow.compared)}`), h('td', {})),
      c.shadow && h('tr', {}, h('th', { scope: 'row' }, 'Distance'), h('td', { class: 'number' }, c.shadow.mean_distance?.toFixed(4) ?? '–'), h('td', {})),
    ].filter(Boolean)));
}

function versions(model, readOnly, change) {
  const head = [column('Version'), column('State'), column('Traffic', 'number'), readOnly ? column('Form') : column('Memory', 'number'), !readOnly && column('Model servers'), !readOnly && column('Actions')].filter(Boolean);
  return cards(`Versions of ${model.id}`, head, model.versions.flatMap(v => [
    h('tr', {},
      h('th', { scope: 'row' }, h('span', { class: 'version' }, v.version), v.role && tag(v.role, Tones[v.role])),
      h('td', {}, state(v.state)),
      h('td', { class: 'number' }, v.traffic_percent > 0 ? percent(v.traffic_percent / 100) : '–'),
      readOnly ? h('td', {}, v.details || '–') : h('td', { class: 'number' }, v.memory_bytes ? bytes(v.memory_bytes) : '–'),
      !readOnly && h('td', {}, replicas(model, v)),
      !readOnly && h('td', { class: 'row-actions' }, actionsOf(model, v).map(action =>
        button(action.label, () => change(model, action), { kind: `small${action.verb === 'unload' ? ' danger-text' : ''}`, key: `${model.id}/${v.version}/${action.verb}`, label: `${action.label} ${action.name}` })))),
    v.reason && h('tr', { class: 'reason' }, h('td', { colspan: String(head.length) }, v.reason)),
    v.warnings?.length > 0 && h('tr', { class: 'reason warn' }, h('td', { colspan: String(head.length) }, v.warnings.join(' '))),
  ]).filter(Boolean));
}

function replicas(model, version) {
  if (version.replicas.length === 0) return '–';
  const ready = version.replicas.filter(r => r.state === 'ready').length;
  return h('details', { 'data-key': `${model.id}/${version.version}/replicas` },
    h('summary', {}, `${ready} of ${version.replicas.length} ready`),
    h('ul', { class: 'plain-list' }, version.replicas.map(r => h('li', {},
      h('span', { class: 'replica-name' }, r.replica), state(r.state), r.memory_bytes ? ` ${bytes(r.memory_bytes)}` : '', r.leases > 0 ? `, ${plural(r.leases, 'request')}` : '', r.reason && h('div', { class: 'reason-text' }, r.reason)))));
}

const Words = {
  load: 'Load version', activate: 'Activate version', canary: 'Canary with version', shadow: 'Shadow with version', rollback: 'Roll back to version', unload: 'Unload version',
  completed: 'Done: version', failed: 'Failed: version', automatic_rollback: 'Rolled back by the gateway: version',
};

function history(model) {
  return h('details', { class: 'history', 'data-key': `${model.id}/history` },
    h('summary', {}, `History (${model.history.length})`),
    h('ol', { class: 'plain-list' }, model.history.map(entry => h('li', {},
      h('time', { datetime: entry.at, title: moment(entry.at) }, ago(entry.at)), ` ${Words[entry.action] ?? entry.action} ${entry.version ?? ''}`, entry.by ? `, by ${entry.by}` : '', entry.reason && h('div', { class: 'reason-text' }, entry.reason)))));
}
