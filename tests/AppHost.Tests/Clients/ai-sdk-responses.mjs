// Vercel's ai with @ai-sdk/openai, whose models are asked by Responses unless told otherwise.
import assert from 'node:assert/strict';
import { createOpenAI } from '@ai-sdk/openai';
import { APICallError, generateText, streamText } from 'ai';
import { openAI, rejection, run, store, token } from './platform.mjs';

const provider = createOpenAI({ baseURL: openAI, apiKey: token });
const conversation = { model: provider('stories'), system: 'Once upon ', messages: [{ role: 'user', content: 'a time' }], maxOutputTokens: 12, temperature: 0, maxRetries: 0 };

await run({
  async 'quick start'() {
    const { text } = await generateText({ model: provider('stories'), prompt: 'Tom had a kite.' });
    assert.ok(text.length > 0);
  },

  async text() {
    const { text, usage, finishReason, response, warnings } = await generateText(conversation);
    assert.match(text, /little girl/);
    assert.deepEqual([usage.outputTokens, usage.totalTokens], [12, usage.inputTokens + 12]);
    assert.equal(finishReason, 'length');
    assert.match(response.id, /^resp_/);
    assert.deepEqual(warnings ?? [], []);
  },

  async stream() {
    const whole = await generateText(conversation);
    const stream = streamText(conversation);
    let text = '';
    for await (const part of stream.textStream) text += part;
    assert.equal(text, whole.text);
    assert.deepEqual([(await stream.usage).totalTokens, await stream.finishReason], [whole.usage.totalTokens, 'length']);
  },

  async conversation() {
    // Answers go back as references to what is stored, unless the caller says that nothing is.
    const first = await generateText(conversation);
    const next = { ...conversation, messages: [...conversation.messages, ...first.response.messages, { role: 'user', content: ' Then' }] };
    const whole = await generateText({ ...next, providerOptions: { openai: { store: false } } });
    if (store) assert.equal((await generateText(next)).text, whole.text);
    else assert.match((await rejection(generateText(next))).message, /item_reference/);
  },

  async 'previous response'() {
    const first = await generateText(conversation);
    const next = { ...conversation, system: undefined, messages: [{ role: 'user', content: ' Then' }], providerOptions: { openai: { previousResponseId: first.response.id } } };
    if (store) assert.ok((await generateText(next)).usage.inputTokens > first.usage.outputTokens);
    else assert.match((await rejection(generateText(next))).message, /previous_response_id/);
  },

  async errors() {
    const absent = await rejection(generateText({ ...conversation, model: provider('absent') }));
    assert.ok(APICallError.isInstance(absent), `${absent.stack}`);
    assert.deepEqual([absent.statusCode, absent.isRetryable, absent.data.error.code], [404, false, 'model_not_found']);
    const hot = await rejection(generateText({ ...conversation, temperature: 3 }));
    assert.deepEqual([hot.statusCode, hot.data.error.param], [400, 'temperature']);
  },
});
