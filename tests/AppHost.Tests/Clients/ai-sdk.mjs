// Vercel's ai with @ai-sdk/openai-compatible (chat, text, embeddings) and @ai-sdk/cohere (reranking).
import assert from 'node:assert/strict';
import { createCohere } from '@ai-sdk/cohere';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, embed, embedMany, generateText, rerank, streamText } from 'ai';
import { areOfSentences, continuation, documents, gateway, leave, much, openAI, prompt, query, rejection, run, sentences, token } from './platform.mjs';

const provider = createOpenAICompatible({ name: 'platform', baseURL: openAI, apiKey: token, includeUsage: true });
const reranking = name => createCohere({ baseURL: `${gateway}/v2`, apiKey: token }).reranking(name);
const conversation = { model: provider('stories'), system: 'Once upon ', messages: [{ role: 'user', content: 'a time' }], maxOutputTokens: 12, temperature: 0, maxRetries: 0 };
const quiet = { onError() {} };

/** What a call was refused with: an error of the call, told by its mark since each of these packages brings a class of its own. */
async function refusal(promise) {
  const reason = await rejection(promise);
  assert.ok(APICallError.isInstance(reason), `${reason.stack}`);
  return reason;
}

await run({
  async 'quick start'() {
    const { text } = await generateText({ model: provider('stories'), prompt: 'Tom had a kite.' });
    assert.ok(text.length > 0);
  },

  async chat() {
    const { text, usage, finishReason, response } = await generateText(conversation);
    assert.match(text, continuation);
    assert.equal(usage.outputTokens, 12);
    assert.equal(usage.totalTokens, usage.inputTokens + 12);
    assert.equal(finishReason, 'length');
    assert.match(response.id, /^chatcmpl-/);
  },

  async 'chat stream'() {
    const whole = await generateText(conversation);
    const stream = streamText(conversation);
    let text = '';
    for await (const part of stream.textStream) text += part;
    assert.equal(text, whole.text);
    assert.deepEqual([(await stream.usage).totalTokens, await stream.finishReason], [whole.usage.totalTokens, 'length']);
  },

  async 'completion and its stream'() {
    const asked = { model: provider.completionModel('stories'), prompt, maxOutputTokens: 12, temperature: 0, maxRetries: 0 };
    const { text } = await generateText(asked);
    assert.ok(text.length > 0);
    assert.equal(await streamText(asked).text, text);
  },

  async embeddings() {
    const model = provider.embeddingModel('embedding');
    const { embeddings, usage } = await embedMany({ model, values: sentences });
    areOfSentences(embeddings);
    assert.ok(usage.tokens > 0);
    const { embedding } = await embed({ model, value: sentences[0], providerOptions: { openaiCompatible: { dimensions: 8 } } });
    assert.equal(embedding.length, 8);
  },

  async rerank() {
    const { ranking, rerankedDocuments } = await rerank({ model: reranking('reranker'), query, documents, topN: 2 });
    assert.equal(ranking.length, 2);
    assert.ok(ranking[0].score >= ranking[1].score);
    assert.deepEqual(rerankedDocuments, ranking.map(r => documents[r.originalIndex]));
  },

  async errors() {
    const absent = await refusal(generateText({ ...conversation, model: provider('absent') }));
    assert.deepEqual([absent.statusCode, absent.isRetryable, absent.data.error.code], [404, false, 'model_not_found']);
    assert.match(absent.message, /absent/);
    const hot = await refusal(generateText({ ...conversation, temperature: 3 }));
    assert.equal(hot.statusCode, 400);
    assert.match(hot.message, /temperature/);
    const events = [];
    for await (const part of streamText({ ...conversation, ...quiet, model: provider('absent') }).fullStream) events.push(part);
    assert.equal(events.find(part => part.type === 'error').error.statusCode, 404);
    const vector = await refusal(embed({ model: provider.embeddingModel('absent'), value: 'a', maxRetries: 0 }));
    assert.equal(vector.statusCode, 404);
    const ranking = await refusal(rerank({ model: reranking('absent'), query, documents, maxRetries: 0 }));
    assert.equal(ranking.statusCode, 404);
    assert.match(ranking.message, /absent/);
  },

  async abort() {
    const leaving = new AbortController();
    const stream = streamText({ ...conversation, ...quiet, maxOutputTokens: 200, providerOptions: { platform: much }, abortSignal: leaving.signal });
    await leave(stream.textStream, () => leaving.abort());
    assert.match((await generateText(conversation)).text, continuation);
  },
});
