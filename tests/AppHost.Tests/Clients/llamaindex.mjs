// LlamaIndex' @llamaindex/openai (chat, text, embeddings).
import assert from 'node:assert/strict';
import { OpenAI, OpenAIEmbedding } from '@llamaindex/openai';
import { areOfSentences, continuation, much, openAI, prompt, rejection, run, sentences, token } from './platform.mjs';

const settings = { apiKey: token, baseURL: openAI, maxRetries: 0 };
const create = options => new OpenAI({ ...settings, model: 'stories', maxTokens: 12, temperature: 0, ...options });
const llm = create();
const messages = [{ role: 'system', content: 'Once upon ' }, { role: 'user', content: 'a time' }];

await run({
  async 'quick start'() {
    const { message } = await new OpenAI({ model: 'stories', apiKey: token, baseURL: openAI }).chat({ messages: [{ role: 'user', content: 'Tom had a kite.' }] });
    assert.ok(message.content.length > 0);
  },

  async chat() {
    const { message, raw } = await llm.chat({ messages });
    assert.equal(message.role, 'assistant');
    assert.match(message.content, continuation);
    assert.equal(raw.usage.completion_tokens, 12);
  },

  async 'chat stream'() {
    const { message } = await llm.chat({ messages });
    let text = '';
    for await (const part of await llm.chat({ messages, stream: true })) text += part.delta;
    assert.equal(text, message.content);
  },

  async 'completion and its stream'() {
    const { text } = await llm.complete({ prompt });
    assert.ok(text.length > 0);
    let streamed = '';
    for await (const part of await llm.complete({ prompt, stream: true })) streamed += part.text;
    assert.equal(streamed, text);
  },

  async embeddings() {
    const model = new OpenAIEmbedding({ ...settings, model: 'embedding' });
    areOfSentences(await model.getTextEmbeddingsBatch(sentences));
    areOfSentences(await model.getTextEmbeddings(sentences));
    assert.ok((await model.getTextEmbedding('long '.repeat(2000))).length > 8);
  },

  async errors() {
    const absent = await rejection(create({ model: 'absent' }).chat({ messages }));
    assert.deepEqual([absent.constructor.name, absent.status, absent.code], ['NotFoundError', 404, 'model_not_found']);
    const hot = await rejection(create({ temperature: 3 }).chat({ messages }));
    assert.deepEqual([hot.constructor.name, hot.param], ['BadRequestError', 'temperature']);
    assert.match(hot.message, /temperature/);
  },

  // It takes no signal: leaving the loop is how it is aborted.
  async abort() {
    const stream = await create({ maxTokens: 200, additionalChatOptions: much }).chat({ messages, stream: true });
    let parts = 0;
    for await (const _ of stream) if (++parts === 3) break;
    assert.equal(parts, 3);
    assert.match((await llm.chat({ messages })).message.content, continuation);
  },
});
