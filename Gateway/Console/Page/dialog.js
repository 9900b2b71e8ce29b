// Questions before something is done. The browser keeps the focus inside a modal dialog and gives it back afterwards.

import { h } from './dom.js';
import { banner, button } from './parts.js';

/**
 * Shows a dialog and does the work behind its button.
 * @param lines What will happen.
 * @param body Fields, if there are any.
 * @param work What the button does; a refusal stays in the dialog, in the server's words.
 * @returns What the work returned; undefined when the user left.
 */
export function confirm({ title, lines = [], body = [], action, kind = 'primary', work }) {
  return new Promise(resolve => {
    let result;
    const problem = h('div', {});
    const go = button(action, null, { kind, type: 'submit' });
    const form = h('form', {
      class: 'dialog-form',
      submit: async event => {
        event.preventDefault();
        go.disabled = true;
        problem.replaceChildren();
        try {
          result = await work();
          dialog.close();
        } catch (refusal) {
          problem.replaceChildren(banner(refusal.message, 'bad'));
        } finally {
          go.disabled = false;
        }
      },
    }, h('h2', { id: 'dialog-title' }, title), lines.map(line => h('p', {}, line)), body, problem,
    h('div', { class: 'dialog-actions' }, button('Cancel', () => dialog.close()), go));
    const dialog = h('dialog', { class: 'dialog', 'aria-labelledby': 'dialog-title', close: () => { dialog.remove(); resolve(result); } }, form);
    document.body.append(dialog);
    dialog.showModal();
    if (body.length === 0 && kind === 'danger') dialog.querySelector('.dialog-actions button').focus();
  });
}

/** Shows something that will not be shown again. */
export function reveal({ title, text, secret }) {
  return new Promise(resolve => {
    const shown = h('input', { class: 'secret', readonly: true, value: secret, 'aria-label': 'API key', focus: () => shown.select() });
    const copied = h('span', { class: 'hint', role: 'status' });
    const copy = async () => {
      shown.select();
      try {
        await navigator.clipboard.writeText(secret);
        copied.textContent = 'Copied.';
      } catch {
        // Without TLS the browser has no clipboard for pages.
        copied.textContent = document.execCommand('copy') ? 'Copied.' : 'Selected: copy it with Ctrl+C.';
      }
    };
    const dialog = h('dialog', { class: 'dialog', 'aria-labelledby': 'dialog-title', close: () => { shown.value = ''; dialog.remove(); resolve(); } },
      h('div', { class: 'dialog-form' }, h('h2', { id: 'dialog-title' }, title), h('p', {}, text), h('div', { class: 'secret-row' }, shown, button('Copy', copy, { sign: 'copy' })), copied,
        h('div', { class: 'dialog-actions' }, button('Done', () => dialog.close(), { kind: 'primary' }))));
    document.body.append(dialog);
    dialog.showModal();
  });
}
