// Cohere's client, both of its generations: reranking, which is what of Cohere the platform answers.
import assert from 'node:assert/strict';
import { CohereClient, CohereClientV2, CohereError } from 'cohere-ai';
import { documents, gateway, query, rejection, run, token } from './platform.mjs';

const settings = { token, environment: gateway, maxRetries: 0 };
const [first, second] = [new CohereClient(settings), new CohereClientV2(settings)];
const asked = { model: 'reranker', query, documents, topN: 2 };

await run({
  async 'rerank v1'() {
    const { results } = await first.rerank({ ...asked, returnDocuments: true });
    assert.equal(results.length, 2);
    assert.ok(results[0].relevanceScore >= results[1].relevanceScore);
    assert.deepEqual(results.map(r => r.document.text), results.map(r => documents[r.index]));
    const objects = await first.rerank({ ...asked, documents: documents.map(text => ({ text })) });
    assert.deepEqual(objects.results.map(r => r.index), results.map(r => r.index));
  },

  async 'rerank v2'() {
    const answer = await second.rerank({ ...asked, maxTokensPerDoc: 4096 });
    assert.deepEqual(answer.results.map(r => r.index), (await first.rerank(asked)).results.map(r => r.index));
    assert.ok(answer.id);
    assert.deepEqual([answer.meta.apiVersion.version, answer.meta.billedUnits.searchUnits], ['2', 1]);
    assert.equal((await first.v2.rerank({ model: 'reranker', query, documents })).results.length, 3);
  },

  async errors() {
    const absent = await rejection(second.rerank({ ...asked, model: 'absent' }), CohereError);
    assert.equal(absent.constructor.name, 'NotFoundError');
    assert.match(absent.body.message, /absent/);
    const empty = await rejection(second.rerank({ ...asked, query: '' }), CohereError);
    assert.equal(empty.constructor.name, 'UnprocessableEntityError');
    assert.match(empty.body.message, /query/);
    const fields = await rejection(first.rerank({ ...asked, rankFields: ['title'] }), CohereError);
    assert.equal(fields.statusCode, 422);
    assert.match(JSON.stringify(fields.body), /rank_fields/);
    assert.equal((await rejection(new CohereClientV2({ ...settings, token: 'none' }).rerank(asked), CohereError)).constructor.name, 'UnauthorizedError');
  },

  async abort() {
    const leaving = new AbortController();
    const waiting = second.rerank(asked, { abortSignal: leaving.signal });
    leaving.abort();
    await rejection(waiting);
    assert.equal((await second.rerank(asked)).results.length, 2);
  },
});
