// The view of models: their versions, what is tried out, and what can be done about it.

import { get } from './api.js';
import { act } from './modelactions.js';
import { card } from './modelcard.js';
import { h, replace } from './dom.js';
import { banner, busy, empty, every, heading, refused, toast } from './parts.js';
import { pace } from './api.js';

const Calm = 5000, Hurry = 1000;

export function mount(root) {
  const list = h('div', { class: 'cards' }, busy('Asking for the models…'));
  const notes = h('div', {});
  root.append(heading('Models', 'Versions load beside what runs, become active in one step, and can be taken back.'), notes, list);
  let shown = '';
  // Changes that the gateway has taken and not yet finished, by model.
  const pending = new Map();

  const change = async (model, action) => {
    const done = await act(model, action);
    if (!done) return;
    if (done.status === 202) pending.set(model.id, action);
    else toast(action.done);
    await poll.now();
  };

  const draw = async () => {
    try {
      const { cards, readOnly } = await read();
      for (const model of cards) {
        const action = pending.get(model.id);
        if (!action || isUnderWay(model, action)) continue;
        pending.delete(model.id);
        const failure = model.history.find(entry => entry.version === action.version && ['failed', 'automatic_rollback'].includes(entry.action));
        if (failure && model.history[0] === failure) toast(`Version ${action.version} of ${model.id}: ${failure.reason ?? 'it failed.'}`, 'bad');
        else toast(action.done);
      }
      const text = JSON.stringify([cards, readOnly, [...pending.keys()]]);
      if (text === shown) return;
      shown = text;
      replace(notes, readOnly && banner(readOnly, 'info'));
      replace(list, cards.length === 0
        ? empty('models', 'No models yet', 'Put the ONNX export of a model into models/<name>/<version>/ and start the platform again.')
        : cards.map(model => card(model, { readOnly: !!readOnly, waiting: pending.has(model.id), change })));
    } catch (refusal) {
      shown = '';
      // What was there before stays, with what is wrong above it.
      if (list.querySelector('.model')) replace(notes, refused(refusal, 'models:read'));
      else replace(list, refused(refusal, 'models:read'));
    }
  };

  const poll = every(() => pace(pending.size > 0 || list.querySelector('.under-way') ? Hurry : Calm), draw);
  return poll.stop;
}

/** Whether the gateway is still at it. A canary or shadow that runs is what was asked for; an unload is done when no model server holds the version. */
const isUnderWay = (model, action) => action.verb === 'unload'
  ? model.versions.some(v => v.version === action.version && v.replicas.some(r => ['ready', 'deprecated', 'loading'].includes(r.state)))
  : model.trial?.stage === 'loading' || model.versions.some(v => v.state === 'loading' && v.role);

async function read() {
  try {
    return { cards: (await get('/admin/models')).data.data, readOnly: null };
  } catch (refusal) {
    if (refusal.status !== 403 && refusal.status !== 404) throw refusal;
    const { data } = await get('/v1/models');
    const why = refusal.status === 403 ? 'Your token may look at models and not change them: that takes the scope admin.' : 'This gateway lists models and does not change them.';
    return { cards: data.data.map(fromListing), readOnly: why };
  }
}

/** A model of the public listing, in the shape of the administrators' one. */
function fromListing(model) {
  return {
    id: model.id, task: model.task, revision: null, active_version: model.active_version, previous_version: null, is_chosen: null, trial: null, history: [],
    versions: model.versions.map(v => ({
      version: v.version, state: v.state, role: v.version === model.active_version ? 'active' : null, traffic_percent: v.version === model.active_version ? 100 : 0,
      reason: v.reason, task: v.task, memory_bytes: null, replicas: [], details: [v.variant, v.max_tokens && `${v.max_tokens} tokens`].filter(Boolean).join(', '), warnings: v.warnings,
    })),
  };
}
