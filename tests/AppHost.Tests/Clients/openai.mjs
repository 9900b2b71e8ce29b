// The npm client of OpenAI, used as its documentation uses it: node openai.mjs PACKAGE, which is its name or another under which a version of it is installed.
import assert from 'node:assert/strict';
import { leave, listingToken, modestToken, much, openAI, rejection, run, token } from './platform.mjs';

const { default: OpenAI, APIError, APIUserAbortError, AuthenticationError, BadRequestError, NotFoundError, PermissionDeniedError, RateLimitError } = await import(process.argv[2]);
const as = (apiKey, options) => new OpenAI({ baseURL: openAI, apiKey, maxRetries: 0, ...options });
const client = as(token);
const prompt = { model: 'stories', prompt: 'Once upon a time', max_tokens: 24, temperature: 0 };
const conversation = { model: 'stories', messages: [{ role: 'system', content: 'Once upon ' }, { role: 'user', content: 'a time' }], max_completion_tokens: 24, temperature: 0 };

const cases = {
  async completion() {
    const { data, response } = await client.completions.create({ ...prompt, logprobs: 2 }).withResponse();
    const [choice] = data.choices;
    assert.equal(data.object, 'text_completion');
    assert.match(data.id, /^cmpl-/);
    assert.match(choice.text, /^, there was a little girl named Lily/);
    assert.equal(choice.finish_reason, 'length');
    assert.equal(choice.logprobs.tokens.join(''), choice.text);
    assert.ok(choice.logprobs.top_logprobs.every((top, i) => Object.keys(top).length === 2 && choice.logprobs.tokens[i] in top));
    assert.equal(data.usage.completion_tokens, 24);
    assert.equal(data.usage.total_tokens, data.usage.prompt_tokens + 24);
    assert.ok(response.headers.get('x-request-id'));
  },

  async 'completion stream'() {
    const whole = await client.completions.create({ ...prompt, n: 2, temperature: 1, seed: 5 });
    const stream = await client.completions.create({ ...prompt, n: 2, temperature: 1, seed: 5, stream: true, stream_options: { include_usage: true } });
    const texts = ['', ''], finishes = [null, null];
    let usage = null, fingerprint;
    for await (const part of stream) {
      for (const { index, text, finish_reason } of part.choices) {
        texts[index] += text;
        finishes[index] ??= finish_reason;
      }
      usage = part.usage ?? usage;
      fingerprint = part.system_fingerprint;
    }
    assert.deepEqual(texts, whole.choices.map(c => c.text));
    assert.notEqual(texts[0], texts[1]);
    assert.deepEqual(finishes, whole.choices.map(c => c.finish_reason));
    assert.deepEqual(usage, whole.usage);
    assert.equal(fingerprint, whole.system_fingerprint);
  },

  async 'completion prompts and stop'() {
    const { choices } = await client.completions.create({ ...prompt, prompt: ['Once upon a time', 'The little'], stop: [' named', ' was'] });
    assert.deepEqual(choices.map(c => c.finish_reason), ['stop', 'stop']);
    assert.deepEqual(choices.map(c => c.index), [0, 1]);
    assert.ok(choices.every(c => c.text.length > 0 && !/ named| was/.test(c.text)));
  },

  async 'completion seed'() {
    const drawn = seed => client.completions.create({ ...prompt, temperature: 1, seed }).then(answer => answer.choices[0].text);
    const [first, again, other] = await Promise.all([drawn(1), drawn(1), drawn(2)]);
    assert.equal(first, again);
    assert.notEqual(first, other);
  },

  async chat() {
    const answer = await client.chat.completions.create({ ...conversation, logprobs: true, top_logprobs: 2, response_format: { type: 'text' } });
    const [choice] = answer.choices;
    assert.equal(answer.object, 'chat.completion');
    assert.equal(choice.message.role, 'assistant');
    assert.match(choice.message.content, /little girl/);
    assert.equal(choice.finish_reason, 'length');
    assert.equal(choice.logprobs.content.map(t => t.token).join(''), choice.message.content);
    assert.ok(choice.logprobs.content.every(t => t.top_logprobs.length === 2 && Buffer.from(t.bytes).toString() === t.token));
    assert.equal(answer.usage.completion_tokens, 24);
  },

  async 'chat stream'() {
    const whole = await client.chat.completions.create({ ...conversation, n: 2, temperature: 1, seed: 3, stop: '\n' });
    const stream = await client.chat.completions.create({ ...conversation, n: 2, temperature: 1, seed: 3, stop: '\n', stream: true, stream_options: { include_usage: true } });
    const texts = ['', ''], roles = [];
    let last;
    for await (const part of stream) {
      for (const { index, delta } of part.choices) {
        texts[index] += delta.content ?? '';
        if (delta.role) roles[index] = delta.role;
      }
      last = part;
    }
    assert.deepEqual(texts, whole.choices.map(c => c.message.content));
    assert.deepEqual(roles, ['assistant', 'assistant']);
    assert.deepEqual([last.choices, last.usage], [[], whole.usage]);
  },

  async 'chat stream helper'() {
    const whole = await client.chat.completions.create(conversation);
    const runner = client.chat.completions.stream({ ...conversation, stream_options: { include_usage: true } });
    let text = '';
    runner.on('content', part => text += part);
    const answer = await runner.finalChatCompletion();
    assert.equal(text, whole.choices[0].message.content);
    assert.equal(answer.choices[0].message.content, text);
    assert.equal(answer.choices[0].finish_reason, whole.choices[0].finish_reason);
    // One of its versions leaves the details out.
    const counts = ({ prompt_tokens, completion_tokens, total_tokens }) => [prompt_tokens, completion_tokens, total_tokens];
    assert.deepEqual(counts(await runner.totalUsage()), counts(whole.usage));
  },

  async embeddings() {
    const input = ['a cat on a mat', 'a kitten lies on the rug'];
    // Without a format this client asks for base64 and decodes it.
    const decoded = await client.embeddings.create({ model: 'embedding', input });
    const floats = await client.embeddings.create({ model: 'embedding', input, encoding_format: 'float' });
    const base64 = await client.embeddings.create({ model: 'embedding', input, encoding_format: 'base64' });
    assert.deepEqual(decoded.data.map(d => d.index), [0, 1]);
    decoded.data.forEach((d, i) => {
      assert.equal(d.embedding.length, floats.data[i].embedding.length);
      assert.ok(d.embedding.every((value, at) => Math.abs(value - floats.data[i].embedding[at]) < 1e-6));
      const bytes = Buffer.from(base64.data[i].embedding, 'base64');
      assert.deepEqual(d.embedding.map((_, at) => bytes.readFloatLE(at * 4)), d.embedding);
    });
    const short = await client.embeddings.create({ model: 'embedding', input: input[0], dimensions: 8 });
    assert.equal(short.data[0].embedding.length, 8);
  },

  async models() {
    const names = [];
    for await (const model of client.models.list()) names.push(model.id);
    assert.ok(['stories', 'embedding', 'sentiment'].every(name => names.includes(name)));
    const model = await client.models.retrieve('stories');
    assert.deepEqual([model.id, model.object], ['stories', 'model']);
    await assert.rejects(client.models.retrieve('absent'), NotFoundError);
  },

  async 'unauthorized'() {
    const refused = await rejection(as('sk-none').completions.create(prompt), AuthenticationError);
    assert.equal(refused.status, 401);
  },

  async 'forbidden'() {
    await rejection(as(listingToken).completions.create(prompt), PermissionDeniedError);
    await as(listingToken).models.list();
  },

  async 'not found'() {
    const refused = await rejection(client.completions.create({ ...prompt, model: 'absent' }), NotFoundError);
    assert.deepEqual([refused.status, refused.code, refused.param], [404, 'model_not_found', 'model']);
  },

  async 'bad request'() {
    const hot = await rejection(client.completions.create({ ...prompt, temperature: 3 }), BadRequestError);
    assert.deepEqual([hot.status, hot.type, hot.param], [400, 'invalid_request_error', 'temperature']);
    const long = await rejection(client.completions.create({ ...prompt, max_tokens: 100_000, stream: true }), BadRequestError);
    assert.equal(long.code, 'context_length_exceeded');
    const audio = await rejection(client.chat.completions.create({ ...conversation, audio: { voice: 'alloy', format: 'wav' } }), BadRequestError);
    assert.deepEqual([audio.code, audio.param], ['unsupported_parameter', 'audio']);
  },

  async 'rate limit'() {
    const modest = as(modestToken);
    const answers = await Promise.allSettled(Array.from({ length: 80 }, () => modest.models.retrieve('stories')));
    const refused = answers.filter(a => a.status === 'rejected').map(a => a.reason);
    assert.ok(refused.length > 0 && refused.length < 80);
    for (const reason of refused) {
      assert.ok(reason instanceof RateLimitError, `${reason}`);
      assert.ok(Number(reason.headers.get('retry-after')) > 0);
    }
  },

  async 'abort'() {
    const long = { ...prompt, ...much, max_tokens: 200, stream: true };
    const stream = await client.completions.create(long);
    await leave(stream, () => stream.controller.abort());
    const leaving = new AbortController();
    const waiting = client.completions.create({ ...long, stream: false, n: 64 }, { signal: leaving.signal });
    setTimeout(() => leaving.abort(), 50);
    await rejection(waiting, APIUserAbortError);
    await cases.completion();
  },

  async 'deadline'() {
    // Far more than can be generated so soon; before the first token it is an answer, afterwards an event.
    const more = { ...prompt, ...much, n: 128, max_tokens: 200, stream: true };
    const reading = async () => {
      for await (const _ of await client.completions.create(more, { headers: { 'x-deadline-ms': '300' } }));
    };
    assert.equal((await rejection(reading(), APIError)).code, 'deadline_exceeded');
  },
};

await run(cases);
