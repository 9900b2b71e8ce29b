// What can be done to a model: who may do it is asked of the gateway, what will happen is said before.

import { post } from './api.js';
import { confirm } from './dialog.js';
import { h } from './dom.js';
import { check, field } from './parts.js';

const path = (model, version, verb) => `/admin/models/${encodeURIComponent(model.id)}/versions/${encodeURIComponent(version)}/${verb}`;

/** The actions that make sense for a version as it stands. */
export function actionsOf(model, version) {
  const is = (...states) => states.includes(version.state);
  const name = `version ${version.version} of ${model.id}`;
  const offered = [];
  const offer = (verb, label, done) => offered.push({ verb, label, version: version.version, done, name });
  const isActive = version.role === 'active';
  if (is('unloaded', 'error')) offer('load', is('error') ? 'Load again' : 'Load', `Version ${version.version} of ${model.id} is loaded.`);
  if (!isActive && is('ready', 'unloaded', 'deprecated')) {
    offer('activate', 'Activate', `Version ${version.version} of ${model.id} is active.`);
    if (model.active_version) {
      offer('canary', 'Canary', `Version ${version.version} of ${model.id} gets its share.`);
      offer('shadow', 'Shadow', `Version ${version.version} of ${model.id} answers in the shadow.`);
    }
  }
  if (is('ready', 'deprecated', 'loading')) offer('unload', 'Unload', `Version ${version.version} of ${model.id} is unloaded.`);
  return offered;
}

/** The way back, where there is one. */
export function rollbackOf(model) {
  if (!model.trial && !model.previous_version) return null;
  return { verb: 'rollback', label: 'Roll back', version: model.trial?.version ?? model.previous_version, done: `${model.id} is rolled back.`, name: model.id };
}

/** Asks the user, then the gateway; undefined where the user said no. */
export function act(model, action) {
  const { title, lines, body, kind, send } = questions[action.verb](model, action);
  return confirm({ title, lines, body, action: action.verb === 'canary' ? 'Start canary' : action.verb === 'shadow' ? 'Start shadow' : action.label, kind: kind ?? 'primary', work: send });
}

const now = model => model.active_version ? `version ${model.active_version}` : 'no version';

const questions = {
  load: (model, { version, name }) => ({
    title: `Load ${name}?`,
    lines: [`Every model server loads it beside what runs, one after another. Requests that name ${model.id}:${version} are answered as soon as it is ready; requests for ${model.id} go on to ${now(model)}.`],
    send: () => post(path(model, version, 'load')),
  }),
  activate: (model, { version, name }) => ({
    title: `Activate ${name}?`,
    lines: [
      `Once all model servers have it ready, all requests for ${model.id} go to version ${version} in one step. ${model.active_version ? `Now ${now(model)} answers; it finishes what it has and stays for a rollback.` : ''}`,
      'Should it fail more often or answer more slowly than before, the gateway takes it back by itself.',
    ],
    send: () => post(path(model, version, 'activate')),
  }),
  canary: (model, { version, name }) => {
    const share = h('input', { type: 'number', min: '0.1', max: '99.9', step: 'any', value: '10', required: true, inputmode: 'decimal' });
    return {
      title: `Start a canary with ${name}?`,
      lines: [`A share of the clients of ${model.id} gets its answers from version ${version}, the others from ${now(model)}. The gateway compares the two and takes the canary back by itself when it does worse.`],
      body: [field('Percent of the requests', share)],
      send: () => post(path(model, version, 'canary'), { percent: Number(share.value) }),
    };
  },
  shadow: (model, { version, name }) => ({
    title: `Let ${name} answer in the shadow?`,
    lines: [`Copies of requests for ${model.id} go to version ${version} as well. Clients get the answers of ${now(model)} alone; the gateway compares both. The engine has more to do meanwhile.`],
    send: () => post(path(model, version, 'shadow')),
  }),
  unload: (model, { version, name }) => {
    const force = check('Even if it is the active version, under trial, or the only one that is ready');
    const isActive = version === model.active_version;
    return {
      title: `Unload ${name}?`,
      lines: [`${isActive ? 'It is the active version: requests go to another ready one, if there is any. ' : ''}Model servers give it nothing new, let it finish what it has and free its memory. Requests that name ${model.id}:${version} are refused.`],
      body: [force.element],
      kind: 'danger',
      send: () => post(path(model, version, 'unload'), force.box.checked ? { force: true } : undefined),
    };
  },
  rollback: model => ({
    title: `Roll back ${model.id}?`,
    lines: [model.trial
      ? `The trial of version ${model.trial.version} ends; ${model.trial.stage === 'probation' && model.previous_version ? `version ${model.previous_version}` : now(model)} answers all requests again.`
      : `Version ${model.previous_version} answers all requests again in place of ${now(model)}.`],
    kind: 'danger',
    send: () => post(`/admin/models/${encodeURIComponent(model.id)}/rollback`),
  }),
};
