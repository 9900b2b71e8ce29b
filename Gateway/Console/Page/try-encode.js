// Panels of what encoders do: labels, similarities, ranks.

import { post } from './api.js';
import { area, asking, bar, choose, facts, lines } from './answer.js';
import { h } from './dom.js';
import { count, percent } from './format.js';
import { column, field, table } from './parts.js';

export function classify(models, left) {
  const model = choose(models);
  const texts = area('Texts', 'A warm, funny and beautifully acted film.\nA dull, lifeless mess.', 4, 'One a line.');
  return asking({
    controls: [field('Model', model), texts.element],
    label: 'Classify',
    ask: async () => {
      const asked = lines(texts.control.value);
      const { data, headers, took } = await post('/v1/classify', { model: model.value, input: asked, top_k: 5 }, { signal: left });
      return [facts(headers, took, [['Tokens', count(data.usage?.total_tokens)]]), data.results.map((result, i) => h('section', { class: 'sub', 'aria-label': asked[i] },
        h('p', { class: 'quote' }, asked[i]), result.labels.map((l, rank) => bar(l.label, l.score, percent(l.score), rank === 0))))];
    },
  });
}

export function embed(models, left) {
  const model = choose(models);
  const texts = area('Texts', 'A boat on the river.\nA ship at sea.\nBread is baked.', 4, 'Two or more, one a line.');
  return asking({
    controls: [field('Model', model), texts.element],
    label: 'Compare',
    ask: async () => {
      const asked = lines(texts.control.value);
      const { data, headers, took } = await post('/v1/embeddings', { model: model.value, input: asked }, { signal: left });
      const vectors = data.data.map(d => d.embedding);
      return [
        facts(headers, took, [['Dimensions', count(vectors[0].length)], ['Tokens', count(data.usage?.total_tokens)]]),
        table('Similarity of the texts', [column('Cosine'), asked.map((_, i) => column(String(i + 1), 'number'))], asked.map((text, i) => h('tr', {}, h('th', { scope: 'row', class: 'quote-cell' }, `${i + 1}. ${text}`),
          asked.map((_, j) => {
            const value = cosine(vectors[i], vectors[j]);
            return h('td', { class: `number heat heat-${Math.max(0, Math.min(5, Math.floor(value * 6)))}` }, value.toFixed(3));
          })))),
      ];
    },
  });
}

export function rerank(models, left) {
  const model = choose(models);
  const query = h('input', { required: true, value: 'How do boats float?' });
  const documents = area('Documents', 'Bread is baked.\nWater carries what displaces its weight.\nThe river is long.', 4, 'One a line.');
  return asking({
    controls: [field('Model', model), field('Query', query), documents.element],
    label: 'Rank',
    ask: async () => {
      const asked = lines(documents.control.value);
      const { data, headers, took } = await post('/v1/rerank', { model: model.value, query: query.value, documents: asked }, { signal: left });
      // Sums of a late-interaction model go beyond 1.
      const full = Math.max(1, ...data.results.map(r => r.relevance_score));
      return [facts(headers, took, [['Tokens', count(data.usage?.total_tokens)]]), h('div', { class: 'sub' },
        data.results.map((r, rank) => bar(`${rank + 1}. ${asked[r.index]}`, r.relevance_score / full, r.relevance_score.toFixed(3), rank === 0)))];
    },
  });
}

function cosine(a, b) {
  let [dot, left, right] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    dot += a[i] * b[i];
    left += a[i] * a[i];
    right += b[i] * b[i];
  }
  return dot / Math.sqrt(left * right || 1);
}
