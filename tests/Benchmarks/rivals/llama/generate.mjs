// Continues prompts greedily with llama.cpp by way of node-llama-cpp, so many at a time: a closed loop on each sequence
// of one context, which llama.cpp runs in one batch.
//   node generate.mjs MODEL.gguf REQUESTS CHECK THREADS STREAMS WARMUP SECONDS
// REQUESTS and CHECK: [{"ids": [...], "tokens": n}, ...]. THREADS: numbers with commas between them, of which the fastest is taken.
// Prints the first ids of CHECK's answers, and the seconds of each token from the beginning to the end of what is measured.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { getLlama } = await import(pathToFileURL(join(process.env.PACKAGES, 'node_modules/node-llama-cpp/dist/index.js')).href);
const [modelPath, file, checkFile, threadCounts, streamCount, warmUp, seconds] = process.argv.slice(2);
const read = path => JSON.parse(readFileSync(path, 'utf8'));
const [requests, check, streams] = [read(file), read(checkFile), Number(streamCount)];
const longest = Math.max(...[...requests, ...check].map(request => request.ids.length + request.tokens));

const llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, logLevel: 'error', maxThreads: 0 });
const model = await llama.loadModel({ modelPath });
const now = () => performance.now() / 1000;

async function* generate(sequence, { ids, tokens }) {
  await sequence.clearHistory();
  let left = tokens;
  for await (const id of sequence.evaluate(ids, { temperature: 0, yieldEogToken: true })) {
    yield id;
    if (--left === 0) return;
  }
}

async function loop(sequence, first, begin, end) {
  const answers = [];
  for (let i = first * 7919; now() < end; i++) {
    const answer = { start: now() - begin, times: [] };
    answers.push(answer);
    for await (const _ of generate(sequence, requests[i % requests.length])) {
      answer.times.push(now() - begin);
      if (now() >= end) break;
    }
  }
  return answers;
}

async function open(threads) {
  const context = await model.createContext({ sequences: streams, contextSize: longest + 8, threads: { ideal: threads, min: threads } });
  return { threads, context, sequences: Array.from({ length: streams }, () => context.getSequence()) };
}

async function run(sequences, time) {
  const begin = now();
  return (await Promise.all(sequences.map((sequence, i) => loop(sequence, i, begin, begin + time)))).flat();
}

async function fastest() {
  const counts = threadCounts.split(',').map(Number);
  const tried = [];
  for (const threads of counts.length > 1 ? counts : []) {
    const { context, sequences } = await open(threads);
    await run(sequences, 0.3);
    tried.push({ threads, tokens: (await run(sequences, 1)).reduce((sum, answer) => sum + answer.times.length, 0) });
    await context.dispose();
  }
  return tried.sort((a, b) => b.tokens - a.tokens)[0]?.threads ?? counts[0];
}

const { threads, sequences } = await open(await fastest());
const checked = [];
for (const request of check) {
  for await (const id of generate(sequences[0], request)) checked.push(id);
}
const [from, to] = [Number(warmUp), Number(warmUp) + Number(seconds)];
const answers = await run(sequences, to);
console.log(JSON.stringify({ threads, from, to, check: checked, answers }));
process.exit(0);
