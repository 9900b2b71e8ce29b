// The frame: who is signed in, which view is open.

import { bearer, isSignedIn, onEnded, resume, signIn, signOut } from './api.js';
import { h, icon, replace } from './dom.js';
import { banner, button, check, field } from './parts.js';
import * as keys from './keys.js';
import * as live from './live.js';
import * as models from './models.js';
import * as replicas from './replicas.js';
import * as tryIt from './tryit.js';
import * as usage from './usage.js';

const Views = { models: ['Models', models], try: ['Try it', tryIt], live: ['Live', live], replicas: ['Replicas', replicas], usage: ['Usage', usage], keys: ['Keys', keys] };
const Themes = ['system', 'light', 'dark'];

const main = document.getElementById('main');
const nav = document.getElementById('nav');
let leave = () => {};
let reason = null;
let theme = sessionStorage.getItem('console-theme') ?? 'system';

function opened() {
  const name = location.hash.replace(/^#\/?/, '');
  return name in Views ? name : 'models';
}

function draw(focus) {
  leave();
  leave = () => {};
  const name = opened();
  nav.hidden = !isSignedIn();
  drawSession();
  if (!isSignedIn()) {
    drawSignIn();
    return;
  }
  replace(nav, Object.entries(Views).map(([key, [title]]) =>
    h('a', { href: `#/${key}`, 'aria-current': key === name ? 'page' : null }, icon(key), h('span', {}, title))));
  document.title = `${Views[name][0]} · Console`;
  const view = h('div', { class: `view view-${name}` });
  main.replaceChildren(view);
  leave = Views[name][1].mount(view) ?? leave;
  window.scrollTo(0, 0);
  if (focus) (view.querySelector('h1') ?? main).focus();
}

function drawSession() {
  const who = bearer();
  replace(document.getElementById('session'),
    button(`Theme: ${theme}`, () => setTheme(Themes[(Themes.indexOf(theme) + 1) % Themes.length]), { kind: 'subtle', sign: 'theme', key: 'theme' }),
    who && h('span', { class: 'who', title: who.expires ? `Until ${who.expires.toLocaleString('en-GB')}` : null }, who.name),
    who && button('Sign out', () => { signOut(); reason = null; draw(); }, { kind: 'subtle', sign: 'leave', key: 'leave' }));
}

function setTheme(name) {
  theme = name;
  sessionStorage.setItem('console-theme', name);
  if (name === 'system') document.documentElement.removeAttribute('data-theme');
  else document.documentElement.setAttribute('data-theme', name);
  drawSession();
}

function drawSignIn() {
  document.title = 'Sign in · Console';
  const token = h('input', { type: 'password', autocomplete: 'off', spellcheck: 'false', required: true });
  const keep = check('Keep it until this tab is closed, also when the page is loaded again');
  const problem = h('div', {}, reason && banner(reason, 'bad'));
  const go = button('Sign in with a token or key', null, { kind: 'primary', type: 'submit' });
  const form = h('form', {
    class: 'card sign-in',
    submit: async event => {
      event.preventDefault();
      go.disabled = true;
      try {
        await signIn(token.value.trim(), keep.box.checked);
        token.value = '';
        reason = null;
        draw(true);
      } catch (refusal) {
        problem.replaceChildren(banner(refusal.status === undefined ? 'The gateway cannot be reached.' : refusal.message, 'bad'));
        token.focus();
      } finally {
        go.disabled = false;
      }
    },
  }, h('h1', { tabindex: '-1' }, 'Console'),
  h('p', { class: 'lead' }, 'Models, requests and keys of this platform.'),
  problem, field('Token or API key', token, 'What ./token prints, or a key sk-…. With the scope admin everything here works; with infer, Models and Try it.'), keep.element, go);
  main.replaceChildren(form);
  token.focus();
}

onEnded(refusal => {
  signOut();
  reason = `You were signed out: ${refusal.message}`;
  for (const dialog of document.querySelectorAll('dialog')) dialog.close();
  draw();
});

addEventListener('hashchange', () => {
  if (location.hash === '#main') {
    history.replaceState(null, '', `#/${Object.keys(Views).find(key => main.querySelector(`.view-${key}`)) ?? ''}`);
    main.focus();
    return;
  }
  draw(true);
});

setTheme(theme);
resume();
draw();
