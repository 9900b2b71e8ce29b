// The panel of what generates: continuations and conversations, as they come.

import { stream } from './api.js';
import { area, choose, facts } from './answer.js';
import { h, replace } from './dom.js';
import { count, figure, milliseconds } from './format.js';
import { banner, button, field } from './parts.js';

export function chat(models, left) {
  const model = choose(models);
  const mode = h('select', { change: () => start() }, h('option', { value: 'text' }, 'Continue a text'), h('option', { value: 'chat' }, 'Conversation'));
  const prompt = area('Text', 'Once upon a time', 3);
  const most = h('input', { type: 'number', min: '1', max: '100000', value: '120', required: true });
  const heat = h('input', { type: 'number', min: '0', max: '2', step: '0.1', value: '0.7', required: true });
  const seed = h('input', { type: 'number', min: '0', step: '1', placeholder: 'any' });
  const go = button('Generate', null, { kind: 'primary', type: 'submit' });
  const stop = button('Stop', () => running?.abort(), { disabled: true });
  const fresh = button('New conversation', () => start(), { kind: 'subtle' });
  const talk = h('div', { class: 'talk', role: 'log', 'aria-label': 'Text', tabindex: '0' });
  const result = h('div', { class: 'result' });
  let running = null;
  let messages = [];

  const start = () => {
    running?.abort();
    messages = [];
    fresh.hidden = mode.value !== 'chat';
    replace(talk, h('p', { class: 'quiet' }, mode.value === 'chat' ? 'The conversation appears here.' : 'The text appears here.'));
    replace(result);
  };

  const form = h('form', { submit: event => { event.preventDefault(); run(); } },
    h('div', { class: 'toolbar' }, field('Model', model), field('Mode', mode), field('Most tokens', most), field('Temperature', heat), field('Seed', seed)),
    prompt.element, h('div', { class: 'actions' }, go, stop, fresh));
  left.addEventListener('abort', () => running?.abort());
  start();

  async function run() {
    const isChat = mode.value === 'chat';
    const asked = prompt.control.value;
    const mine = running = new AbortController();
    const [sent, told] = [performance.now(), h('span', {})];
    let [first, last, pieces, usage, finish, headers, took] = [null, null, 0, null, null, null, 0];
    if (isChat && messages.length > 0) talk.append(turn('You', asked), turn('Model', told));
    else replace(talk, isChat ? [turn('You', asked), turn('Model', told)] : h('p', { class: 'text' }, h('span', { class: 'prompt' }, asked), told));
    if (isChat) messages.push({ role: 'user', content: asked });
    go.disabled = !(stop.disabled = false);
    talk.setAttribute('aria-busy', 'true');
    replace(result);

    const options = { model: model.value, stream: true, stream_options: { include_usage: true }, temperature: Number(heat.value), ...(seed.value && { seed: Number(seed.value) }) };
    const body = isChat ? { ...options, messages, max_completion_tokens: Number(most.value) } : { ...options, prompt: asked, max_tokens: Number(most.value) };
    const numbers = () => [
      ['First token', first === null ? '–' : milliseconds(first - sent)], ['Tokens/s', rate()], ['Tokens', usage ? `${count(usage.prompt_tokens)} + ${count(usage.completion_tokens)}` : count(pieces)], ['End', finish]];
    // Between the first and the last: the time to the first is told by itself. A piece is one token unless letters had to wait for each other.
    const rate = () => last > first ? figure(((usage?.completion_tokens ?? pieces) - 1) * 1000 / (last - first)) : null;
    let problem = null;
    try {
      await stream(isChat ? '/v1/chat/completions' : '/v1/completions', body, {
        signal: mine.signal,
        head: (all, time) => { [headers, took] = [all, time]; },
        take: event => {
          usage = event.usage ?? usage;
          const choice = event.choices?.[0];
          finish = choice?.finish_reason ?? finish;
          const piece = choice?.delta?.content ?? choice?.text ?? '';
          if (piece === '') return;
          last = performance.now();
          first ??= last;
          pieces++;
          told.append(piece);
          talk.scrollTop = talk.scrollHeight;
        },
      });
    } catch (refusal) {
      problem = refusal.name === 'AbortError' ? banner('Stopped: the model server stops as well.', 'info') : banner(refusal.message, 'bad', refusal.retryAfter ? ` Try again in ${refusal.retryAfter} s.` : '');
    } finally {
      if (isChat && told.textContent) messages.push({ role: 'assistant', content: told.textContent });
      else if (isChat) messages.pop();
      // Another run may have taken this one's place.
      if (running === mine) {
        go.disabled = !(stop.disabled = true);
        talk.removeAttribute('aria-busy');
        replace(result, problem, headers && facts(headers, Math.max(took, (last ?? sent) - sent), numbers()));
        if (isChat && !problem) prompt.control.value = '';
      }
    }
  }

  return [form, talk, result];
}

const turn = (who, what) => h('div', { class: `turn turn-${who.toLowerCase()}` }, h('span', { class: 'turn-who' }, who), h('p', { class: 'text' }, what));
