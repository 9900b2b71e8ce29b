// Hugging Face's client: its own routes (those of Text Embeddings Inference and Text Generation Inference) and OpenAI's, at an address of one's own.
import assert from 'node:assert/strict';
import { InferenceClient, InferenceClientProviderApiError } from '@huggingface/inference';
import { areOfSentences, continuation, gateway, leave, likeness, much, openAI, prompt, rejection, run, sentences, token } from './platform.mjs';

const client = new InferenceClient(token);
const once = { retry_on_error: false };
const conversation = { endpointUrl: openAI, model: 'stories', messages: [{ role: 'system', content: 'Once upon ' }, { role: 'user', content: 'a time' }], max_tokens: 12, temperature: 0 };
const text = { endpointUrl: gateway, model: 'stories', inputs: prompt, parameters: { max_new_tokens: 12 } };

await run({
  async 'quick start'() {
    const { choices } = await client.chatCompletion({ endpointUrl: openAI, model: 'stories', messages: [{ role: 'user', content: 'Tom had a kite.' }] });
    assert.ok(choices[0].message.content.length > 0);
  },

  async chat() {
    const { choices: [choice], usage } = await client.chatCompletion(conversation, once);
    assert.match(choice.message.content, continuation);
    assert.equal(usage.completion_tokens, 12);
  },

  async 'chat stream'() {
    const { choices: [choice] } = await client.chatCompletion(conversation, once);
    let streamed = '', usage;
    for await (const part of client.chatCompletionStream({ ...conversation, stream_options: { include_usage: true } }, once)) {
      streamed += part.choices[0]?.delta.content ?? '';
      usage = part.usage ?? usage;
    }
    assert.equal(streamed, choice.message.content);
    assert.equal(usage.completion_tokens, 12);
  },

  async 'text generation and its stream'() {
    assert.ok((await client.textGeneration(text, once)).generated_text.length > 0);
    let streamed = '';
    for await (const part of client.textGenerationStream(text, once)) streamed += part.choices?.[0]?.text ?? part.token?.text ?? '';
    assert.ok(streamed.length > 0);
  },

  // As versions 2 and 3 of this client, and Python's huggingface_hub, call an endpoint that generates: the address as it is.
  async 'generate and its stream'() {
    const asked = { inputs: prompt, parameters: { max_new_tokens: 12, details: true } };
    const whole = await client.request({ ...asked, endpointUrl: `${gateway}/generate` }, once);
    assert.equal(whole.details.generated_tokens, 12);
    let streamed = '', last;
    for await (const event of client.streamingRequest({ ...asked, endpointUrl: `${gateway}/generate_stream` }, once)) {
      if (!event.token.special) streamed += event.token.text;
      last = event;
    }
    assert.deepEqual([streamed, last.generated_text, last.details.finish_reason], [whole.generated_text, whole.generated_text, 'length']);
  },

  async embeddings() {
    const asked = { endpointUrl: `${gateway}/embed`, inputs: sentences };
    areOfSentences(await client.featureExtraction({ ...asked, truncate: true }, once));
    const [short] = await client.featureExtraction({ ...asked, inputs: sentences[0], normalize: false, dimensions: 8, truncation_direction: 'left' }, once);
    assert.equal(short.length, 8);
  },

  async similarity() {
    const inputs = { source_sentence: sentences[0], sentences: sentences.slice(1) };
    const [near, far] = await client.sentenceSimilarity({ endpointUrl: `${gateway}/similarity`, inputs }, once);
    assert.ok(near > far);
    const [a, b] = await client.featureExtraction({ endpointUrl: `${gateway}/embed`, inputs: sentences.slice(0, 2) }, once);
    assert.ok(Math.abs(likeness(a, b) - near) < 1e-4);
  },

  async classification() {
    const [best, other] = await client.textClassification({ endpointUrl: `${gateway}/predict`, inputs: 'A warm, funny and beautifully acted film.' }, once);
    assert.equal(best.label, 'positive');
    assert.ok(best.score > other.score);
  },

  async errors() {
    const absent = await rejection(client.chatCompletion({ ...conversation, model: 'absent' }, once));
    assert.ok(absent instanceof InferenceClientProviderApiError, `${absent.stack}`);
    assert.equal(absent.httpResponse.status, 404);
    assert.match(JSON.stringify(absent.httpResponse.body), /absent/);
    const hot = await rejection(client.chatCompletion({ ...conversation, temperature: 3 }, once));
    assert.match(hot.message + JSON.stringify(hot.httpResponse.body), /temperature/);
    assert.match((await rejection(client.featureExtraction({ endpointUrl: `${gateway}/embed`, inputs: '' }, once))).message, /inputs/);
    assert.match((await rejection(client.textClassification({ endpointUrl: `${gateway}/predict`, inputs: '' }, once))).message, /inputs/);
    assert.match((await rejection(client.request({ endpointUrl: `${gateway}/embed_all`, inputs: 'a' }, once))).message, /tokens/);
  },

  async abort() {
    const leaving = new AbortController();
    await leave(client.chatCompletionStream({ ...conversation, ...much, max_tokens: 200 }, { ...once, signal: leaving.signal }), () => leaving.abort());
    assert.match((await client.chatCompletion(conversation, once)).choices[0].message.content, continuation);
  },
});
