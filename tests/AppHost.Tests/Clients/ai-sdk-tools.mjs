// Vercel's ai: tools in several steps, objects by schema, whole and streamed. node ai-sdk-tools.mjs chat|responses
import assert from 'node:assert/strict';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateObject, generateText, isStepCount, jsonSchema, stepCountIs, streamObject, streamText, tool } from 'ai';
import { openAI, run, token } from './platform.mjs';
import { description, isPerson, model as name, parameters, person, question, sentence, weatherOf } from './weather.mjs';

const settings = { baseURL: openAI, apiKey: token };
const model = process.argv[2] === 'responses'
  ? createOpenAI(settings)(name)
  : createOpenAICompatible({ ...settings, name: 'platform', includeUsage: true, supportsStructuredOutputs: true })(name);
const steps = (stepCountIs ?? isStepCount)(3);
const asking = cities => ({
  model, prompt: question, temperature: 0, maxRetries: 0, stopWhen: steps,
  tools: { get_weather: tool({ description, inputSchema: jsonSchema(parameters), execute: weatherOf(cities) }) },
});
const extraction = { model, schema: jsonSchema(person), prompt: sentence, temperature: 0, maxRetries: 0 };

await run({
  async tools() {
    const cities = [];
    const { text, steps } = await generateText(asking(cities));
    assert.deepEqual(cities, ['Paris']);
    assert.equal(steps.length, 2);
    assert.match(text, /18/);
  },

  async 'tools stream'() {
    const cities = [];
    const stream = streamText(asking(cities));
    let text = '';
    for await (const part of stream.textStream) text += part;
    assert.deepEqual(cities, ['Paris']);
    assert.match(text, /18/);
  },

  async 'generateObject'() {
    const { object, finishReason } = await generateObject(extraction);
    assert.equal(finishReason, 'stop');
    isPerson(object);
  },

  async 'streamObject'() {
    const stream = streamObject(extraction);
    let parts = 0;
    for await (const _ of stream.partialObjectStream) parts++;
    assert.ok(parts > 1);
    isPerson(await stream.object);
  },
});
