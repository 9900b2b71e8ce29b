// OpenAI's npm client on its Responses, used as its documentation uses it: node responses.mjs PACKAGE, which is its name or another under which a version of it is installed.
import assert from 'node:assert/strict';
import { modestToken, openAI, rejection, run, store, token } from './platform.mjs';
import { description, isPerson, model as chat, parameters, person, question, sentence, weatherOf } from './weather.mjs';

const { default: OpenAI, BadRequestError, NotFoundError } = await import(process.argv[2]);
const client = new OpenAI({ baseURL: openAI, apiKey: token, maxRetries: 0 });
const asked = { model: 'stories', instructions: 'Once upon ', input: 'a time', max_output_tokens: 24, temperature: 0 };

await run({
  async 'quick start'() {
    const response = await client.responses.create({ model: 'stories', instructions: 'You tell stories.', input: 'Tom had a kite.' });
    assert.ok(response.output_text.length > 0);
    assert.equal(response.status === 'completed', response.incomplete_details === null);
  },

  async text() {
    const { data, response } = await client.responses.create({ ...asked, metadata: { topic: 'stories' }, top_logprobs: 2, include: ['message.output_text.logprobs'] }).withResponse();
    assert.match(data.output_text, /little girl/);
    assert.deepEqual([data.object, data.status, data.incomplete_details.reason], ['response', 'incomplete', 'max_output_tokens']);
    assert.deepEqual([data.usage.output_tokens, data.usage.total_tokens], [24, data.usage.input_tokens + 24]);
    assert.deepEqual([data.metadata.topic, data.instructions, data.model, data.store], ['stories', asked.instructions, 'stories', store]);
    const { content: [part] } = data.output[0];
    assert.equal(part.logprobs.map(t => t.token).join(''), part.text);
    assert.ok(part.logprobs.every(t => t.top_logprobs.length === 2));
    assert.ok(response.headers.get('x-request-id'));
  },

  async items() {
    const whole = await client.responses.create(asked);
    const { instructions, input, ...rest } = asked;
    const items = await client.responses.create({ ...rest, input: [{ role: 'developer', content: instructions }, { role: 'user', content: [{ type: 'input_text', text: input }] }] });
    assert.equal(items.output_text, whole.output_text);
    // What was answered goes back as it came.
    const next = await client.responses.create({ ...rest, store: false, input: [{ role: 'user', content: 'Tom had a kite.' }, ...items.output, { role: 'user', content: 'Go on.' }] });
    assert.ok(next.usage.input_tokens > items.usage.input_tokens + items.usage.output_tokens);
  },

  async stream() {
    const whole = await client.responses.create(asked);
    const types = [];
    let text = '', last;
    for await (const event of await client.responses.create({ ...asked, stream: true })) {
      assert.equal(event.sequence_number, types.length);
      types.push(event.type);
      if (event.type === 'response.output_text.delta') text += event.delta;
      last = event;
    }
    assert.deepEqual(types.slice(0, 4), ['response.created', 'response.in_progress', 'response.output_item.added', 'response.content_part.added']);
    assert.deepEqual(types.slice(-4), ['response.output_text.done', 'response.content_part.done', 'response.output_item.done', 'response.incomplete']);
    assert.equal(text, whole.output_text);
    assert.deepEqual(last.response.usage, whole.usage);
  },

  async 'stream helper'() {
    const whole = await client.responses.create({ ...asked, top_logprobs: 1 });
    let text = '';
    const stream = client.responses.stream({ ...asked, top_logprobs: 1 }).on('response.output_text.delta', event => text += event.delta);
    const final = await stream.finalResponse();
    assert.equal(text, whole.output_text);
    assert.equal(final.output_text, whole.output_text);
    assert.deepEqual(final.output[0].content[0].logprobs.map(t => t.token), whole.output[0].content[0].logprobs.map(t => t.token));
    assert.equal(final.status, 'incomplete');
  },

  async conversation() {
    const first = await client.responses.create(asked);
    const going = { model: 'stories', previous_response_id: first.id, input: ' Then', max_output_tokens: 8, temperature: 0 };
    if (!store) {
      const refused = await rejection(client.responses.create(going), BadRequestError);
      assert.deepEqual([refused.code, refused.param], ['unsupported_parameter', 'previous_response_id']);
      return;
    }
    const second = await client.responses.create(going);
    const same = await client.responses.create({ ...going, previous_response_id: undefined, store: false, input: [{ role: 'user', content: asked.input }, ...first.output, { role: 'user', content: going.input }] });
    assert.equal(second.output_text, same.output_text);
    assert.equal(second.previous_response_id, first.id);
    assert.ok(second.usage.input_tokens > first.usage.output_tokens);
    let streamed = '';
    for await (const event of await client.responses.create({ ...going, stream: true })) if (event.type === 'response.output_text.delta') streamed += event.delta;
    assert.equal(streamed, second.output_text);
  },

  async 'stored responses'() {
    const { id, ...made } = await client.responses.create(asked);
    if (!store) {
      await rejection(client.responses.retrieve(id), NotFoundError);
      return;
    }
    const kept = await client.responses.retrieve(id);
    assert.deepEqual([kept.id, kept.output_text, kept.usage], [id, made.output_text, made.usage]);
    const items = [];
    for await (const item of client.responses.inputItems.list(id)) items.push(item);
    assert.deepEqual(items.map(i => [i.type, i.role, i.content[0].text]), [['message', 'user', asked.input]]);
    const stranger = new OpenAI({ baseURL: openAI, apiKey: modestToken, maxRetries: 0 });
    await rejection(stranger.responses.retrieve(id), NotFoundError);
    await client.responses.delete(id);
    await rejection(client.responses.retrieve(id), NotFoundError);
    const gone = await rejection(client.responses.create({ ...asked, previous_response_id: id }), BadRequestError);
    assert.equal(gone.code, 'previous_response_not_found');
  },

  async tools() {
    const tools = [{ type: 'function', name: 'get_weather', description, parameters, strict: true }];
    const first = await client.responses.create({ model: chat, input: question, tools, temperature: 0 });
    const [call] = first.output.filter(item => item.type === 'function_call');
    assert.deepEqual([first.status, call.name], ['completed', 'get_weather']);
    const cities = [];
    const result = weatherOf(cities)(JSON.parse(call.arguments));
    assert.deepEqual(cities, ['Paris']);
    const input = [{ role: 'user', content: question }, ...first.output, { type: 'function_call_output', call_id: call.call_id, output: JSON.stringify(result) }];
    const second = await client.responses.create({ model: chat, input, tools, temperature: 0 });
    assert.match(second.output_text, /18/);
    let json = '';
    for await (const event of await client.responses.create({ model: chat, input: question, tools, temperature: 0, tool_choice: 'required', stream: true })) {
      if (event.type === 'response.function_call_arguments.delta') json += event.delta;
      if (event.type === 'response.function_call_arguments.done') assert.equal(event.arguments, json);
    }
    assert.equal(json, call.arguments);
  },

  async json() {
    const text = { format: { type: 'json_schema', name: 'person', schema: person, strict: true } };
    const parsed = await client.responses.parse({ model: chat, input: sentence, text, temperature: 0 });
    isPerson(JSON.parse(parsed.output_text));
    const object = await client.responses.create({ model: chat, input: sentence, text: { format: { type: 'json_object' } }, temperature: 0, max_output_tokens: 400 });
    assert.equal(typeof JSON.parse(object.output_text), 'object');
  },

  async errors() {
    const absent = await rejection(client.responses.create({ ...asked, model: 'absent' }), NotFoundError);
    assert.deepEqual([absent.code, absent.param], ['model_not_found', 'model']);
    const image = await rejection(client.responses.create({ ...asked, input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'data:image/png;base64,AA==' }] }] }), BadRequestError);
    assert.deepEqual([image.code, image.param], ['unsupported_parameter', 'input[0].content[0].type']);
    const search = await rejection(client.responses.create({ ...asked, tools: [{ type: 'web_search' }] }), BadRequestError);
    assert.deepEqual([search.code, search.param], ['unsupported_parameter', 'tools[0].type']);
    const long = await rejection(client.responses.create({ ...asked, max_output_tokens: 100_000, stream: true }), BadRequestError);
    assert.equal(long.code, 'context_length_exceeded');
  },

  async abort() {
    const stream = await client.responses.create({ ...asked, ignore_eos: true, max_output_tokens: 200, stream: true });
    let events = 0;
    for await (const _ of stream) if (++events === 6) stream.controller.abort();
    assert.ok(events < 200);
    assert.match((await client.responses.create(asked)).output_text, /little girl/);
  },
});
