// OpenAI's agents, which ask by Responses. They take a response that was cut off for a failure, so that what they ask for ends with a sentence.
import assert from 'node:assert/strict';
import { Agent, OpenAIProvider, Runner, setTracingDisabled, tool } from '@openai/agents';
import { openAI, rejection, run, store, token } from './platform.mjs';
import { description, model as chat, parameters, question, weatherOf } from './weather.mjs';

setTracingDisabled(true);
const runner = new Runner({ modelProvider: new OpenAIProvider({ apiKey: token, baseURL: openAI, useResponses: true }), tracingDisabled: true });
const agent = new Agent({ name: 'Teller', model: 'stories', instructions: 'Once upon ', modelSettings: { temperature: 0, providerData: { stop: ['.'] } } });

await run({
  async run() {
    const result = await runner.run(agent, 'a time');
    assert.match(result.finalOutput, /little girl/);
    assert.match(result.lastResponseId, /^resp_/);
    const { usage } = result.rawResponses[0];
    assert.ok(usage.outputTokens > 0 && usage.totalTokens === usage.inputTokens + usage.outputTokens);
  },

  async stream() {
    const whole = await runner.run(agent, 'a time');
    const result = await runner.run(agent, 'a time', { stream: true });
    let text = '';
    for await (const part of result.toTextStream()) text += part;
    await result.completed;
    assert.equal(text, whole.finalOutput);
    assert.equal(result.finalOutput, whole.finalOutput);
  },

  async tools() {
    const cities = [];
    const execute = async ({ city }) => JSON.stringify(weatherOf(cities)({ city }));
    const weather = tool({ name: 'get_weather', description, parameters, strict: true, execute });
    const helper = new Agent({ name: 'Helper', model: chat, modelSettings: { temperature: 0 }, tools: [weather] });
    assert.match((await runner.run(helper, question)).finalOutput, /18/);
    const result = await runner.run(helper, question, { stream: true });
    await result.completed;
    assert.match(result.finalOutput, /18/);
    assert.deepEqual(cities, ['Paris', 'Paris']);
  },

  async history() {
    const first = await runner.run(agent, 'a time');
    const second = await runner.run(agent, [...first.history, { role: 'user', content: ' Then' }]);
    assert.ok(second.rawResponses[0].usage.inputTokens > first.rawResponses[0].usage.inputTokens);
  },

  async 'previous response'() {
    const first = await runner.run(agent, 'a time');
    const going = runner.run(agent, ' Then', { previousResponseId: first.lastResponseId });
    if (store) assert.ok((await going).rawResponses[0].usage.inputTokens > first.rawResponses[0].usage.inputTokens);
    else assert.match((await rejection(going)).message, /previous_response_id/);
  },

  async errors() {
    const refused = await rejection(runner.run(agent.clone({ model: 'absent' }), 'a time'));
    assert.equal(refused.status, 404);
  },
});
