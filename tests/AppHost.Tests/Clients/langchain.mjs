// @langchain/openai (chat, text, embeddings) and @langchain/cohere (reranking).
import assert from 'node:assert/strict';
import { CohereRerank } from '@langchain/cohere';
import { Document } from '@langchain/core/documents';
import { StringOutputParser } from '@langchain/core/output_parsers';
import { ChatPromptTemplate } from '@langchain/core/prompts';
import { ChatOpenAI, OpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { CohereClient } from 'cohere-ai';
import { areOfSentences, continuation, documents, gateway, leave, much, openAI, prompt, query, rejection, run, sentences, token } from './platform.mjs';

const settings = { model: 'stories', apiKey: token, maxTokens: 12, temperature: 0, maxRetries: 0, configuration: { baseURL: openAI } };
const chat = new ChatOpenAI(settings);
const embeddings = new OpenAIEmbeddings({ model: 'embedding', apiKey: token, maxRetries: 0, configuration: { baseURL: openAI } });
// Its address is that of the client it is given.
const reranking = model => new CohereRerank({ client: new CohereClient({ token, environment: gateway, maxRetries: 0 }), model, topN: 2 });
const messages = [['system', 'Once upon '], ['human', 'a time']];

await run({
  async 'quick start'() {
    const { content } = await new ChatOpenAI({ model: 'stories', apiKey: token, configuration: { baseURL: openAI } }).invoke('Tom had a kite.');
    assert.ok(content.length > 0);
  },

  async chat() {
    const answer = await chat.invoke(messages);
    assert.match(answer.content, continuation);
    assert.equal(answer.usage_metadata.output_tokens, 12);
    assert.equal(answer.usage_metadata.total_tokens, answer.usage_metadata.input_tokens + 12);
    assert.equal(answer.response_metadata.finish_reason, 'length');
  },

  async 'chat stream'() {
    const whole = await chat.invoke(messages);
    let answer;
    for await (const part of await chat.stream(messages)) answer = answer?.concat(part) ?? part;
    assert.equal(answer.content, whole.content);
    assert.deepEqual(answer.usage_metadata.total_tokens, whole.usage_metadata.total_tokens);
    assert.equal(answer.response_metadata.finish_reason, 'length');
  },

  async 'chat chain'() {
    const chain = ChatPromptTemplate.fromMessages([['system', '{beginning} '], ['human', 'a time']]).pipe(chat).pipe(new StringOutputParser());
    assert.match(await chain.invoke({ beginning: 'Once upon' }), continuation);
    let text = '';
    for await (const part of await chain.stream({ beginning: 'Once upon' })) text += part;
    assert.match(text, continuation);
    assert.equal((await chain.batch([{ beginning: 'Once upon' }, { beginning: 'The little' }])).length, 2);
  },

  async 'completion and its stream'() {
    const model = new OpenAI(settings);
    const text = await model.invoke(prompt);
    assert.match(text, continuation);
    let streamed = '';
    for await (const part of await model.stream(prompt)) streamed += part;
    assert.equal(streamed, text);
  },

  async embeddings() {
    areOfSentences(await embeddings.embedDocuments(sentences));
    const short = new OpenAIEmbeddings({ model: 'embedding', dimensions: 8, apiKey: token, configuration: { baseURL: openAI } });
    assert.equal((await short.embedQuery(sentences[0])).length, 8);
    // Longer than the model reads: this client never says that it may be cut.
    assert.ok((await embeddings.embedQuery('long '.repeat(3000))).length > 8);
  },

  async rerank() {
    const reranker = reranking('reranker');
    const ranked = await reranker.rerank(documents, query);
    assert.equal(ranked.length, 2);
    assert.ok(ranked[0].relevanceScore >= ranked[1].relevanceScore);
    const compressed = await reranker.compressDocuments(documents.map(pageContent => new Document({ pageContent })), query);
    assert.deepEqual(compressed.map(d => d.pageContent), ranked.map(r => documents[r.index]));
    assert.deepEqual(compressed.map(d => d.metadata.relevanceScore), ranked.map(r => r.relevanceScore));
  },

  async errors() {
    const absent = await rejection(new ChatOpenAI({ ...settings, model: 'absent' }).invoke(messages));
    assert.deepEqual([absent.status, absent.code, absent.lc_error_code], [404, 'model_not_found', 'MODEL_NOT_FOUND']);
    const hot = await rejection(new ChatOpenAI({ ...settings, temperature: 3 }).invoke(messages));
    assert.deepEqual([hot.status, hot.param], [400, 'temperature']);
    assert.match(hot.message, /temperature/);
    const long = await rejection(new ChatOpenAI({ ...settings, maxTokens: 100_000 }).invoke(messages));
    assert.equal(long.name, 'ContextOverflowError', `${long.stack}`);
    assert.equal((await rejection(reranking('absent').rerank(documents, query))).statusCode, 404);
  },

  async abort() {
    const leaving = new AbortController();
    await leave(await new ChatOpenAI({ ...settings, maxTokens: 200, modelKwargs: much }).stream(messages, { signal: leaving.signal }), () => leaving.abort());
    assert.match((await chat.invoke(messages)).content, continuation);
  },
});
