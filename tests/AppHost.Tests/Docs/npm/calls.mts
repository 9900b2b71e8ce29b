// Calls through a client that is typed by schema.d.ts, which openapi-typescript makes of the document.
import createClient from 'openapi-fetch';
import type { components, paths } from './schema.d.ts';

declare const process: { env: Record<string, string | undefined> };

type Fault = components['schemas']['Problem'] | components['schemas']['ApiErrorBody'];

const client = createClient<paths>({ baseUrl: process.env.URL!, headers: { Authorization: `Bearer ${process.env.TOKEN}` } });
const [model, stories] = ['sentiment', 'stories'];
let calls = 0;

function must<T>(name: string, answer: { data?: T; error?: unknown; response: Response }, holds: (data: T) => boolean): T {
  calls++;
  if (answer.data === undefined || !holds(answer.data)) throw new Error(`${name}: ${answer.response.status} ${JSON.stringify(answer.error ?? answer.data)}`);
  return answer.data;
}

must('predict', await client.POST('/predict', { body: { text: 'A warm, funny film.' } }), a => a.label === 'positive');
must('classify', await client.POST('/v1/classify', { body: { model, input: ['Good.', ['Bad', 'worse']], top_k: 1, truncate: true } }), a => a.results.length === 2);
must('embeddings', await client.POST('/v1/embeddings', { body: { input: ['A boat.', 'A ship.'], dimensions: 4 } }), a => a.data.every(d => Array.isArray(d.embedding) && d.embedding.length === 4));
must('base64', await client.POST('/v1/embeddings', { body: { input: 'A boat.', encoding_format: 'base64' } }), a => typeof a.data[0].embedding === 'string');
must('rerank', await client.POST('/v1/rerank', { body: { query: 'boats', documents: ['bread', { text: 'ships' }], return_documents: true } }), a => a.results[0].document !== undefined);
const tokens = must('tokenize', await client.POST('/v1/tokenize', { body: { model, text: 'Not bad!', add_special_tokens: true } }), a => a.count === a.ids.length);
must('detokenize', await client.POST('/v1/detokenize', { body: { model, ids: tokens.ids, skip_special_tokens: true } }), a => a.text === 'not bad!');
must('chat', await client.POST('/v1/chat/completions', { body: { model: stories, messages: [{ role: 'user', content: 'Tom had a kite.' }], max_tokens: 4 } }), a => typeof a !== 'string' && a.choices[0].message.role === 'assistant');
must('completion', await client.POST('/v1/completions', { body: { prompt: ['Once', 'One day'], max_tokens: 4, stop: ['.'], logprobs: 1 } }), a => typeof a !== 'string' && a.choices.length === 2 && a.usage.completion_tokens > 0);
const stream = must('stream', await client.POST('/v1/completions', { body: { prompt: 'Once', max_tokens: 4, stream: true }, parseAs: 'text' }), a => typeof a === 'string');
if (!String(stream).endsWith('data: [DONE]\n\n')) throw new Error(`stream: ${stream}`);
must('generate', await client.POST('/v1/generate', { body: { text: 'Once', max_length: 4, temperature: null } }), a => a.generated_text.length > 0);
const batch = must('batch', await client.POST('/v1/batch-generate', { body: { requests: [{ text: 'Once', max_length: 4 }, { text: '' }] } }), a => a.processed_count === 1);
if (!('generated_text' in batch.results[0]) || !('error' in batch.results[1])) throw new Error(`batch: ${JSON.stringify(batch)}`);
must('embed', await client.POST('/embed', { body: { inputs: 'A boat.', dimensions: 4 } }), a => a[0].length === 4);
must('models', await client.GET('/v1/models'), a => a.data.some(m => m.id === model && m.active_version === '1'));
must('model', await client.GET('/v1/models/{id}', { params: { path: { id: model } } }), a => a.versions[0].state === 'ready');
must('info', await client.GET('/info', { params: { query: { model: stories } } }), a => a.served_model_name.startsWith(stories));
must('usage', await client.GET('/admin/usage', { params: { query: { day: '2030-01-31' } } }), a => a.data.length === 0);
must('health', await client.GET('/health'), a => a.model_loaded);
const refused = await client.POST('/predict', { body: { text: '' } });
const fault: Fault | undefined = refused.error;
if (refused.response.status !== 422 || fault === undefined || !('param' in fault) || fault.param !== 'text') throw new Error(`refusal: ${JSON.stringify(refused.error)}`);
console.log(`${calls} calls`);
