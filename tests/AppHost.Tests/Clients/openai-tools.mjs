// OpenAI's client: tools and structured output of chats. node openai-tools.mjs openai|openai-6
import assert from 'node:assert/strict';
import { openAI, run, token } from './platform.mjs';
import { description, isPerson, model, parameters, person, question, sentence, tool, weatherOf } from './weather.mjs';

const { OpenAI } = await import(process.argv[2]);
const client = new OpenAI({ baseURL: openAI, apiKey: token, maxRetries: 0 });
const asked = { model, messages: [{ role: 'user', content: question }], temperature: 0, tools: [tool] };
const format = { type: 'json_schema', json_schema: { name: 'person', schema: person, strict: true } };
const extraction = { model, messages: [{ role: 'user', content: sentence }], temperature: 0, response_format: format };

await run({
  async tools() {
    const { choices: [first] } = await client.chat.completions.create(asked);
    assert.equal(first.finish_reason, 'tool_calls');
    const [call] = first.message.tool_calls;
    assert.deepEqual([call.type, call.function.name], ['function', 'get_weather']);
    const cities = [];
    const result = weatherOf(cities)(JSON.parse(call.function.arguments));
    assert.deepEqual(cities, ['Paris']);
    const messages = [...asked.messages, first.message, { role: 'tool', tool_call_id: call.id, content: JSON.stringify(result) }];
    const { choices: [second] } = await client.chat.completions.create({ ...asked, messages });
    assert.equal(second.finish_reason, 'stop');
    assert.match(second.message.content, /18/);
  },

  async 'tools stream'() {
    const whole = await client.chat.completions.create({ ...asked, tool_choice: 'required' });
    const [expected] = whole.choices[0].message.tool_calls;
    const stream = await client.chat.completions.create({ ...asked, tool_choice: 'required', stream: true });
    let name = '', json = '', id, finish;
    for await (const { choices: [{ delta, finish_reason }] } of stream) {
      finish = finish_reason ?? finish;
      for (const call of delta.tool_calls ?? []) {
        assert.equal(call.index, 0);
        id ??= call.id;
        name += call.function.name ?? '';
        json += call.function.arguments ?? '';
      }
    }
    assert.ok(id);
    assert.deepEqual([name, json, finish], [expected.function.name, expected.function.arguments, 'tool_calls']);
  },

  async 'tool named'() {
    const other = { type: 'function', function: { name: 'calculator', description: 'Evaluate an expression', parameters: { type: 'object', properties: { expression: { type: 'string', maxLength: 40 } }, required: ['expression'], additionalProperties: false } } };
    const { choices: [{ message }] } = await client.chat.completions.create({ ...asked, tools: [tool, other], tool_choice: { type: 'function', function: { name: 'calculator' } }, parallel_tool_calls: false });
    assert.deepEqual(message.tool_calls.map(c => c.function.name), ['calculator']);
    assert.equal(typeof JSON.parse(message.tool_calls[0].function.arguments).expression, 'string');
  },

  async 'tool runner'() {
    const cities = [];
    const runner = client.chat.completions.runTools({ ...asked, tools: [{ type: 'function', function: { name: 'get_weather', description, parameters, parse: JSON.parse, function: weatherOf(cities) } }] });
    assert.match(await runner.finalContent(), /18/);
    assert.deepEqual(cities, ['Paris']);
  },

  async json() {
    const { choices: [choice] } = await client.chat.completions.parse(extraction);
    assert.equal(choice.finish_reason, 'stop');
    isPerson(JSON.parse(choice.message.content));
    const object = await client.chat.completions.create({ ...extraction, response_format: { type: 'json_object' }, max_completion_tokens: 400 });
    assert.equal(typeof JSON.parse(object.choices[0].message.content), 'object');
  },

  async 'json stream'() {
    const whole = await client.chat.completions.create(extraction);
    const streamed = await client.chat.completions.stream(extraction).finalContent();
    assert.equal(streamed, whole.choices[0].message.content);
    isPerson(JSON.parse(streamed));
  },
});
