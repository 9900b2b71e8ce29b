// @langchain/openai: tools bound to a model, structured output by each of its methods.
import assert from 'node:assert/strict';
import { HumanMessage, ToolMessage } from '@langchain/core/messages';
import { ChatOpenAI } from '@langchain/openai';
import { openAI, run, token } from './platform.mjs';
import { isPerson, model, person, question, sentence, tool, weatherOf } from './weather.mjs';

const chat = new ChatOpenAI({ model, apiKey: token, temperature: 0, maxTokens: 200, maxRetries: 0, configuration: { baseURL: openAI } });

await run({
  async bindTools() {
    const bound = chat.bindTools([tool]);
    const messages = [new HumanMessage(question)];
    const answer = await bound.invoke(messages);
    const [call] = answer.tool_calls;
    assert.equal(call.name, 'get_weather');
    const cities = [];
    const result = weatherOf(cities)(call.args);
    assert.deepEqual(cities, ['Paris']);
    const last = await bound.invoke([...messages, answer, new ToolMessage({ content: JSON.stringify(result), tool_call_id: call.id })]);
    assert.match(last.content, /18/);
  },

  async 'bindTools stream'() {
    let answer;
    for await (const part of await chat.bindTools([tool], { tool_choice: 'required' }).stream(question)) answer = answer?.concat(part) ?? part;
    assert.equal(answer.tool_calls[0].name, 'get_weather');
    assert.equal(typeof answer.tool_calls[0].args.city, 'string');
  },

  async withStructuredOutput() {
    for (const method of ['jsonSchema', 'functionCalling', 'jsonMode']) {
      const value = await chat.withStructuredOutput(person, { method, name: 'person' }).invoke(sentence);
      if (method === 'jsonMode') assert.equal(typeof value, 'object');
      else isPerson(value);
    }
  },
});
