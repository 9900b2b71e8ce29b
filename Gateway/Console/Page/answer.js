// What an answer says about itself, and the form that asks for one.

import { h, replace, wide } from './dom.js';
import { milliseconds } from './format.js';
import { banner, button, field } from './parts.js';

export const choose = models => h('select', {}, models.map(m => h('option', { value: m.name }, m.label)));

export const lines = text => text.split('\n').map(line => line.trim()).filter(line => line.length > 0);

/** The parts of Server-Timing, in milliseconds. */
function timings(headers) {
  return (headers.get('Server-Timing') ?? '').split(',').map(part => part.trim().split(';')).filter(([name]) => name)
    .map(([name, ...rest]) => [name, Number(rest.map(r => r.trim()).find(r => r.startsWith('dur='))?.slice(4))]).filter(([, dur]) => Number.isFinite(dur));
}

/** Time, timings, cache and version of an answer, as a list. */
export function facts(headers, took, more = []) {
  const all = [
    ['Answer', milliseconds(took)], ...timings(headers).map(([name, dur]) => [name[0].toUpperCase() + name.slice(1), milliseconds(dur)]),
    ['Cache', headers.get('x-cache')], ['Version', headers.get('x-model-version')], ...more, ['Request', headers.get('x-request-id')],
  ].filter(([, value]) => value !== null && value !== undefined);
  return h('dl', { class: 'facts-list' }, all.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))));
}

/** A form whose button asks once; the answer or the refusal is below it. */
export function asking({ controls, label, ask }) {
  const result = h('div', { class: 'result', 'aria-live': 'polite' });
  const go = button(label, null, { kind: 'primary', type: 'submit' });
  const form = h('form', {
    submit: async event => {
      event.preventDefault();
      go.disabled = true;
      result.setAttribute('aria-busy', 'true');
      try {
        replace(result, await ask());
      } catch (refusal) {
        if (refusal.name !== 'AbortError') replace(result, banner(refusal.message, 'bad', refusal.retryAfter ? ` Try again in ${refusal.retryAfter} s.` : ''));
      } finally {
        go.disabled = false;
        result.removeAttribute('aria-busy');
      }
    },
  }, controls, h('div', { class: 'actions' }, go));
  return [form, result];
}

/** A named bar with its number. */
export const bar = (name, part, number, best) => h('div', { class: `bar${best ? ' best' : ''}` },
  h('span', { class: 'bar-name' }, name), h('span', { class: 'bar-track', 'aria-hidden': 'true' }, wide(h('span', { class: 'bar-fill' }), part * 100)), h('span', { class: 'bar-number' }, number));

export const area = (label, text, rows, hint) => {
  const control = h('textarea', { rows: String(rows), required: true, spellcheck: 'false' });
  control.value = text;
  return { control, element: field(label, control, hint) };
};
