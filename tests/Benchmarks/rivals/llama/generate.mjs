// Continues prompts greedily with llama.cpp by way of node-llama-cpp, so many at a time: a closed loop on each sequence
// of one context, which llama.cpp runs in one batch.
//   node generate.mjs MODEL.gguf REQUESTS CHECK THREADS STREAMS WARMUP SECONDS
// REQUESTS and CHECK: [{"ids": [...], "tokens": n}, ...]. THREADS and STREAMS: numbers with commas between them; each number of streams is
// measured with the number of threads that a trial finds fastest. Prints the ids of CHECK's answers, and for each number of streams the
// seconds of each token from the beginning to the end of what is measured.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { getLlama } = await import(pathToFileURL(join(process.env.PACKAGES, 'node_modules/node-llama-cpp/dist/index.js')).href);
const [modelPath, file, checkFile, threadCounts, streamCounts, warmUp, seconds] = process.argv.slice(2);
const read = path => JSON.parse(readFileSync(path, 'utf8'));
const [requests, check] = [read(file), read(checkFile)];
const numbers = text => text.split(',').map(Number);
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

async function open(streams, threads) {
  const context = await model.createContext({ sequences: streams, contextSize: longest + 8, threads: { ideal: threads, min: threads } });
  return { context, sequences: Array.from({ length: streams }, () => context.getSequence()) };
}

async function run(sequences, time) {
  const begin = now();
  return (await Promise.all(sequences.map((sequence, i) => loop(sequence, i, begin, begin + time)))).flat();
}

async function fastest(streams) {
  const counts = numbers(threadCounts);
  const tried = [];
  for (const threads of counts.length > 1 ? counts : []) {
    const { context, sequences } = await open(streams, threads);
    await run(sequences, 0.2);
    tried.push({ threads, tokens: (await run(sequences, 0.6)).reduce((sum, answer) => sum + answer.times.length, 0) });
    await context.dispose();
  }
  return tried.sort((a, b) => b.tokens - a.tokens)[0]?.threads ?? counts[0];
}

async function answer(sequences) {
  const answers = check.map(() => []);
  await Promise.all(sequences.map(async (sequence, first) => {
    for (let i = first; i < check.length; i += sequences.length) {
      for await (const id of generate(sequence, check[i])) answers[i].push(id);
    }
  }));
  return answers.flat();
}

const [from, to] = [Number(warmUp), Number(warmUp) + Number(seconds)];
const runs = [];
let checked = [];
for (const streams of numbers(streamCounts)) {
  const threads = await fastest(streams);
  const { context, sequences } = await open(streams, threads);
  // As many at a time as when it is measured; the last number of streams has the last word.
  checked = await answer(sequences);
  runs.push({ streams, threads, from, to, answers: await run(sequences, to) });
  await context.dispose();
}
// A pipe takes 64 KB at once: ended before the rest is read, this would be half an answer.
process.stdout.write(JSON.stringify({ check: checked, runs }), () => process.exit(0));
