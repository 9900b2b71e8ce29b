// Pieces that several views are made of.

import { h, icon } from './dom.js';

/** A state as icon and word. */
const States = {
  ready: ['ready', 'good'], loading: ['loading', 'busy'], deprecated: ['draining', 'warn'], unloaded: ['off', 'idle'], error: ['error', 'bad'],
  draining: ['draining', 'warn'], unready: ['off', 'bad'], ejected: ['warning', 'bad'], trial: ['loading', 'warn'],
  collecting: ['loading', 'busy'], watching: ['ready', 'good'], alarm: ['warning', 'bad'],
};

export function state(name) {
  const [sign, tone] = States[name] ?? ['info', 'idle'];
  return h('span', { class: `badge ${tone}` }, icon(sign), name);
}

export const tag = (text, tone = 'idle') => h('span', { class: `badge plain ${tone}` }, text);

/** A button; its key keeps the focus on it when the view is drawn again. */
export function button(text, click, { kind = '', sign, key, label, disabled, type = 'button' } = {}) {
  return h('button', { type, class: `button ${kind}`, click, disabled, 'data-key': key, 'aria-label': label }, sign && icon(sign), h('span', {}, text));
}

/** A label with its control, and a hint between them. */
let ids = 0;
export function field(text, control, hint) {
  const id = `field-${++ids}`;
  control.id = id;
  if (hint) control.setAttribute('aria-describedby', `${id}-hint`);
  return h('div', { class: 'field' }, h('label', { for: id }, text), control, hint && h('span', { class: 'hint', id: `${id}-hint` }, hint));
}

export function check(text, checked = false, name) {
  const box = h('input', { type: 'checkbox', checked, name });
  return { box, element: h('label', { class: 'check' }, box, h('span', {}, text)) };
}

export const banner = (text, tone = 'info', ...more) =>
  h('div', { class: `banner ${tone}`, role: tone === 'bad' ? 'alert' : null }, icon(tone === 'bad' ? 'error' : tone === 'warn' ? 'warning' : 'info'), h('div', {}, text, more));

export const empty = (sign, title, text) => h('div', { class: 'empty' }, icon(sign), h('p', { class: 'empty-title' }, title), h('p', {}, text));

export const busy = text => h('p', { class: 'busy-line', role: 'status' }, icon('loading'), text);

/** Says a refusal: in a view of its own where the scope is missing, else in the server's words. */
export function refused(refusal, scope) {
  if (refusal.status === 403) return empty('keys', `Your token lacks the scope ${scope}`, `${refusal.message} Sign in with a token that has it, such as one of ./token --scope "infer admin".`);
  return banner(refusal.message, 'bad', refusal.retryAfter ? ` Try again in ${refusal.retryAfter} s.` : '');
}

/** The head of a view. */
export function heading(title, text, ...actions) {
  return h('div', { class: 'heading' }, h('div', {}, h('h1', { tabindex: '-1' }, title), text && h('p', { class: 'lead' }, text)), actions.length > 0 && h('div', { class: 'actions' }, actions));
}

/** Says for a while, to eyes and screen readers, what has happened. */
export function toast(text, tone = 'good') {
  const note = h('div', { class: `toast ${tone}` }, icon(tone === 'bad' ? 'error' : 'ready'), h('span', {}, text));
  document.getElementById('status').append(note);
  setTimeout(() => note.remove(), 6000);
}

/** A table that scrolls by itself where it is too wide; the keyboard can scroll it too. */
export function table(caption, head, rows, foot) {
  return h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    h('table', {}, h('caption', { class: 'unseen' }, caption), h('thead', {}, h('tr', {}, head)), h('tbody', {}, rows), foot && h('tfoot', {}, foot)));
}

const Roles = { TABLE: 'table', THEAD: 'rowgroup', TBODY: 'rowgroup', TR: 'row', TD: 'cell' };

/** A table whose rows are cards on a phone, each cell with its column's name. As a card it is a table still, which the browser would forget. */
export function cards(caption, head, rows) {
  const element = table(caption, head, rows);
  const names = [...element.querySelectorAll('thead th')].map(cell => cell.textContent);
  for (const part of element.querySelectorAll('table, thead, tbody, tr, td')) part.setAttribute('role', Roles[part.tagName]);
  for (const cell of element.querySelectorAll('th')) cell.setAttribute('role', cell.scope === 'row' ? 'rowheader' : 'columnheader');
  for (const row of element.querySelectorAll('tbody tr')) [...row.children].forEach((cell, i) => cell.tagName === 'TD' && cell.colSpan === 1 && cell.setAttribute('data-name', names[i]));
  element.classList.add('stacks');
  return element;
}

export const column = (text, kind) => h('th', { scope: 'col', class: kind }, text);

/** Calls again and again, the next time after the last has ended. */
export function every(wait, work) {
  let timer = null;
  let stopped = false;
  const turn = async () => {
    clearTimeout(timer);
    try {
      // Nobody looks.
      if (!document.hidden) await work();
    } finally {
      if (!stopped) timer = setTimeout(turn, wait());
    }
  };
  turn();
  return { stop: () => { stopped = true; clearTimeout(timer); }, now: turn };
}
