// The panel of tokens.

import { post } from './api.js';
import { area, asking, choose, facts } from './answer.js';
import { h } from './dom.js';
import { count } from './format.js';
import { check, field } from './parts.js';

const Tones = 6;

export function tokenize(models, left) {
  const model = choose(models);
  const text = area('Text', 'Tokenizers split uncommon words: electroencephalography.', 3);
  const special = check('With the tokens that the model adds', true);
  return asking({
    controls: [field('Model', model), text.element, special.element],
    label: 'Tokenize',
    ask: async () => {
      const { data, headers, took } = await post('/v1/tokenize', { model: model.value, text: text.control.value, add_special_tokens: special.box.checked }, { signal: left });
      return [
        facts(headers, took, [['Tokens', count(data.count)]]),
        h('ol', { class: 'tokens', 'aria-label': 'Tokens' }, data.tokens.map((token, i) => {
          const [start, end] = data.offsets[i];
          return h('li', { class: start === end ? 'token token-special' : `token token-${i % Tones}`, title: start === end ? 'added' : `characters ${start} to ${end}` },
            h('span', { class: 'token-text' }, token), h('span', { class: 'token-id' }, String(data.ids[i])));
        })),
      ];
    },
  });
}
