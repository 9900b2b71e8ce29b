// The view of API keys.

import { ask, get, post } from './api.js';
import { confirm, reveal } from './dialog.js';
import { h, replace } from './dom.js';
import { ago, moment } from './format.js';
import { busy, button, cards, check, column, empty, field, heading, refused, tag, toast } from './parts.js';

const Scopes = ['infer', 'models:read', 'metrics', 'admin'];

export function mount(root) {
  const list = h('div', { class: 'panel' }, busy('Asking for the keys…'));
  root.append(heading('Keys', 'API keys for clients that get no tokens from an identity provider. Their text is shown once.',
    button('New key', () => create(), { kind: 'primary', sign: 'add', key: 'create' })), list);

  const load = async () => {
    try {
      const keys = (await get('/admin/keys')).data.data;
      replace(list, keys.length === 0 ? empty('keys', 'No keys yet', 'A key stands for a client: it has scopes, perhaps a tier, models and an end.') : grid(keys, rotate, revoke));
    } catch (refusal) {
      replace(list, refused(refusal, 'admin'));
    }
  };

  const show = async (card, title) => {
    await reveal({ title, text: 'Copy it now: the platform keeps only its hash. Clients send it as their bearer token.', secret: card.key });
    await load();
  };

  const create = async () => {
    const name = h('input', { required: true, maxlength: '128', autocomplete: 'off' });
    const subject = h('input', { maxlength: '128', autocomplete: 'off' });
    const tier = h('input', { autocomplete: 'off' });
    const models = h('input', { autocomplete: 'off' });
    const hours = h('input', { type: 'number', min: '0.1', step: 'any', inputmode: 'decimal' });
    const scopes = Scopes.map(scope => check(scope, scope === 'infer', scope));
    const made = await confirm({
      title: 'New key',
      body: [
        field('Name', name, 'For this list.'),
        h('fieldset', {}, h('legend', {}, 'Scopes'), h('div', { class: 'checks' }, scopes.map(s => s.element))),
        field('Client', subject, 'Whose limits and usage it counts to; empty for one of its own.'),
        field('Models', models, 'Names with spaces between them; empty for all.'),
        field('Tier', tier, 'One that is configured; empty for the default.'),
        field('Ends after hours', hours, 'Empty for never.'),
      ],
      action: 'Create key',
      work: () => post('/admin/keys', {
        name: name.value.trim(),
        scopes: scopes.filter(s => s.box.checked).map(s => s.box.name),
        ...(subject.value.trim() && { subject: subject.value.trim() }),
        ...(models.value.trim() && { models: models.value.trim().split(/\s+/) }),
        ...(tier.value.trim() && { tier: tier.value.trim() }),
        ...(hours.value && { expires_in_hours: Number(hours.value) }),
      }),
    });
    if (made) await show(made.data, `Key ${made.data.name}`);
  };

  const rotate = async key => {
    const made = await confirm({
      title: `Rotate ${key.name}?`,
      lines: ['It gets another text, which is shown once. The old one is refused at once here, and within five seconds by other gateways.'],
      action: 'Rotate',
      kind: 'danger',
      work: () => post(`/admin/keys/${encodeURIComponent(key.id)}/rotate`),
    });
    if (made) await show(made.data, `Key ${made.data.name}, rotated`);
  };

  const revoke = async key => {
    const done = await confirm({
      title: `Revoke ${key.name}?`,
      lines: ['It is deleted: whoever uses it is refused at once here, and within five seconds by other gateways. This cannot be taken back.'],
      action: 'Revoke',
      kind: 'danger',
      work: () => ask('DELETE', `/admin/keys/${encodeURIComponent(key.id)}`),
    });
    if (!done) return;
    toast(`${key.name} is revoked.`);
    await load();
  };
  load();
}

const grid = (keys, rotate, revoke) => cards('API keys',
  [column('Name'), column('Client'), column('Scopes'), column('Models'), column('Tier'), column('Made'), column('Ends'), column('Actions')],
  keys.map(key => h('tr', {},
    h('th', { scope: 'row' }, key.name, h('div', { class: 'quiet' }, key.id)),
    h('td', {}, key.subject),
    h('td', {}, h('div', { class: 'tags' }, key.scopes.map(scope => tag(scope)))),
    h('td', {}, key.models === null ? 'all' : key.models.length === 0 ? 'none' : h('div', { class: 'tags' }, key.models.map(model => tag(model)))),
    h('td', {}, key.tier ?? 'default'),
    h('td', {}, h('time', { datetime: key.created_at, title: moment(key.created_at) }, ago(key.created_at))),
    h('td', {}, key.expires_at ? h('time', { datetime: key.expires_at, title: moment(key.expires_at) }, ago(key.expires_at)) : 'never'),
    h('td', { class: 'row-actions' },
      button('Rotate', () => rotate(key), { kind: 'small', key: `${key.id}/rotate`, label: `Rotate ${key.name}` }),
      button('Revoke', () => revoke(key), { kind: 'small danger-text', key: `${key.id}/revoke`, label: `Revoke ${key.name}` })))));
