// The tool, the question and the fields that the scripts of the clients give the chat model.
import assert from 'node:assert/strict';

export const model = 'chat';
export const question = 'What is the weather in Paris?';
export const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false };
export const description = 'Get the current weather in a city';
export const tool = { type: 'function', function: { name: 'get_weather', description, parameters } };

/** The tool itself; what it was asked for is kept in the list. */
export const weatherOf = asked => ({ city }) => {
  asked.push(city);
  return { city, temperature: 18, condition: 'sunny' };
};

/** A person as the schema wants one. */
export const person = {
  type: 'object',
  properties: { name: { type: 'string', maxLength: 40 }, age: { type: 'integer', minimum: 0, maximum: 120 }, city: { type: 'string', maxLength: 40 } },
  required: ['name', 'age', 'city'],
  additionalProperties: false,
};
export const sentence = 'Extract name, age and city as JSON: Anna is 31 years old and lives in Rome.';

export function isPerson(value) {
  assert.deepEqual(Object.keys(value), ['name', 'age', 'city']);
  assert.ok(typeof value.name === 'string' && typeof value.city === 'string', JSON.stringify(value));
  assert.ok(Number.isInteger(value.age) && value.age >= 0 && value.age <= 120, JSON.stringify(value));
}
