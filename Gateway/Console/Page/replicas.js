// The view of model servers.

import { get, pace, post } from './api.js';
import { confirm } from './dialog.js';
import { h, replace, wide } from './dom.js';
import { ago, count, percent } from './format.js';
import { busy, button, cards, column, empty, every, heading, refused, state, tag, toast } from './parts.js';

export function mount(root) {
  const list = h('div', { class: 'panel' }, busy('Asking for the model servers…'));
  root.append(heading('Replicas', 'The model servers as this gateway sees them. A drained one finishes what it has and gets nothing new.'), list);

  const change = async (replica, verb) => {
    const drains = verb === 'drain';
    const done = await confirm({
      title: drains ? `Drain ${replica.id}?` : `Resume ${replica.id}?`,
      lines: [drains
        ? 'This gateway gives it nothing new until it is resumed; what it has, it finishes. The other model servers take over. Where it is the last one, requests are refused.'
        : 'This gateway gives it requests again, and forgets earlier failures.'],
      action: drains ? 'Drain' : 'Resume',
      kind: drains ? 'danger' : 'primary',
      work: () => post(`/admin/replicas/${encodeURIComponent(replica.id)}/${verb}`),
    });
    if (!done) return;
    toast(drains ? `${replica.id} is being drained.` : `${replica.id} gets requests again.`);
    await poll.now();
  };

  const draw = async () => {
    try {
      const { replicas } = (await get('/admin/replicas')).data;
      replace(list, replicas.length === 0 ? empty('replicas', 'No model servers', 'The gateway knows none: services:modelserver-… and Replicas:Dns say where they are.') : grid(replicas, change));
    } catch (refusal) {
      replace(list, refused(refusal, 'admin'));
    }
  };
  const poll = every(() => pace(2000), draw);
  return poll.stop;
}

const grid = (replicas, change) => cards('Model servers',
  [column('Name'), column('State'), column('On the way', 'number'), column('In work', 'number'), column('Queued tokens', 'number'), column('Key-value cache'), column('Models'), column('Last failure'), column('Action')],
  replicas.map(r => h('tr', {},
    h('th', { scope: 'row' }, r.id),
    h('td', {}, state(r.state)),
    h('td', { class: 'number' }, count(r.sending)),
    h('td', { class: 'number' }, count(r.load?.in_flight)),
    h('td', { class: 'number' }, count(r.load?.queued_tokens)),
    h('td', {}, r.load ? h('div', { class: 'meter' }, h('span', { class: 'meter-track', 'aria-hidden': 'true' }, wide(h('span', { class: 'meter-fill' }), r.load.kv_use * 100)), percent(r.load.kv_use, 0)) : '–'),
    h('td', {}, r.load?.models?.length ? h('div', { class: 'tags' }, r.load.models.map(m => tag(m))) : '–'),
    h('td', {}, r.last_failure ? h('span', {}, r.last_failure.kind, h('span', { class: 'quiet' }, ` ${ago(r.last_failure.at)}`)) : '–'),
    h('td', { class: 'row-actions' }, r.state === 'draining'
      ? button('Resume', () => change(r, 'resume'), { kind: 'small', key: `${r.id}/change`, label: `Resume ${r.id}` })
      : button('Drain', () => change(r, 'drain'), { kind: 'small danger-text', key: `${r.id}/change`, label: `Drain ${r.id}` }),
    // What was left alone for failures is taken back the same way.
    r.state === 'ejected' && button('Resume', () => change(r, 'resume'), { kind: 'small', key: `${r.id}/resume`, label: `Resume ${r.id}` })))));
