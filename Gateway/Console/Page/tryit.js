// The view that tries models out: a panel for each task that a model is there for.

import { get } from './api.js';
import { h, replace } from './dom.js';
import { busy, empty, heading, refused } from './parts.js';
import { chat } from './try-generate.js';
import { classify, embed, rerank } from './try-encode.js';
import { tokenize } from './try-tokens.js';

// Each panel with the tasks of its models; null for any.
const Panels = [
  { key: 'classify', title: 'Classify', tasks: ['text-classification'], make: classify },
  { key: 'embed', title: 'Compare', tasks: ['feature-extraction'], make: embed },
  { key: 'rerank', title: 'Rank', tasks: ['text-ranking', 'late-interaction'], make: rerank },
  { key: 'generate', title: 'Generate', tasks: ['text-generation'], make: chat },
  { key: 'tokenize', title: 'Tokenize', tasks: null, make: tokenize },
];

export function mount(root) {
  const place = h('div', {}, busy('Asking for the models…'));
  root.append(heading('Try it', 'Each answer comes with what it took and where it came from.'), place);
  const left = new AbortController();

  const load = async () => {
    try {
      const { data } = await get('/v1/models', { signal: left.signal });
      const models = data.data.flatMap(choices);
      const panels = Panels.map(p => ({ ...p, models: models.filter(m => !p.tasks || p.tasks.includes(m.task)) })).filter(p => p.models.length > 0);
      replace(place, panels.length === 0 ? empty('try', 'No model is ready', 'As soon as one is, it can be tried here. The view Models says what keeps one from serving.') : tabs(panels, left.signal));
    } catch (refusal) {
      if (refusal.name !== 'AbortError') replace(place, refused(refusal, 'infer'));
    }
  };
  load();
  return () => left.abort();
}

/** What requests may name: the model, and each version beside the active one. */
function choices(model) {
  const ready = model.versions.filter(v => v.state === 'ready');
  return [
    ...ready.filter(v => v.version === model.active_version).map(v => ({ name: model.id, label: `${model.id} (version ${v.version})`, task: v.task })),
    ...ready.filter(v => v.version !== model.active_version).map(v => ({ name: `${model.id}:${v.version}`, label: `${model.id}:${v.version}`, task: v.task })),
  ];
}

function tabs(panels, left) {
  const made = panels.map(p => h('div', { class: 'panel try', role: 'tabpanel', id: `panel-${p.key}`, 'aria-labelledby': `tab-${p.key}`, hidden: true }, p.make(p.models, left)));
  const heads = panels.map((p, i) => h('button', {
    type: 'button', role: 'tab', id: `tab-${p.key}`, 'aria-controls': `panel-${p.key}`, class: 'tab', click: () => open(i),
    keydown: event => {
      const next = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: panels.length - 1 }[event.key];
      if (next === undefined) return;
      event.preventDefault();
      const to = (next + panels.length) % panels.length;
      open(to);
      heads[to].focus();
    },
  }, p.title));
  const open = which => heads.forEach((head, i) => {
    head.setAttribute('aria-selected', String(i === which));
    head.tabIndex = i === which ? 0 : -1;
    made[i].hidden = i !== which;
  });
  open(0);
  return [h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Tasks' }, heads), made];
}
