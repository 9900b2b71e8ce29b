// Continues prompts greedily with llama.cpp by way of node-llama-cpp, so many at a time: a closed loop on each sequence
// of one context, which llama.cpp runs in one batch.
//   node generate.mjs MODEL.gguf REQUESTS CHECK THREADS STREAMS SECONDS [ARRIVING PACE]
// REQUESTS, CHECK and ARRIVING, of which one arrives beside the streams every PACE seconds: [{"ids": [...], "tokens": n}, ...].
// THREADS and STREAMS: numbers with commas between them; each number of streams is measured with the number of threads that a trial finds fastest, once
// every stream has ended its first answer. Prints the ids of CHECK's answers, and for each number of streams the seconds of each token, of streams and of
// what arrives, from the beginning to the end of what is measured.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const { getLlama } = await import(pathToFileURL(join(process.env.PACKAGES, 'node_modules/node-llama-cpp/dist/index.js')).href);
const [modelPath, file, checkFile, threadCounts, streamCounts, seconds, arrivingFile, pace] = process.argv.slice(2);
const read = path => JSON.parse(readFileSync(path, 'utf8'));
const [requests, check, arriving] = [read(file), read(checkFile), arrivingFile ? read(arrivingFile) : []];
const numbers = text => text.split(',').map(Number);
const longest = Math.max(...[...requests, ...check, ...arriving].map(request => request.ids.length + request.tokens));

const llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, logLevel: 'error', maxThreads: 0 });
const model = await llama.loadModel({ modelPath });
const now = () => performance.now() / 1000;

// So many of what arrives are served at a time; the others wait, and their time runs.
const places = arriving.length > 0 ? 8 : 0;

// A history is cleared only when no batch is under way, and one follows the other for as long as anyone asks for a next token: so nobody does
// until it is cleared.
let clearing = Promise.resolve();

async function* generate(sequence, { ids, tokens }) {
  clearing = Promise.all([clearing, sequence.clearHistory()]);
  await clearing;
  let left = tokens;
  for await (const id of sequence.evaluate(ids, { temperature: 0, yieldEogToken: true })) {
    yield id;
    if (--left === 0) return;
    await clearing;
  }
}

async function open(streams, threads) {
  const context = await model.createContext({ sequences: streams + places, contextSize: longest + 8, threads: { ideal: threads, min: threads } });
  const sequences = Array.from({ length: streams + places }, () => context.getSequence());
  return { context, sequences: sequences.slice(places), others: sequences.slice(0, places) };
}

// Of a sequence's first answer.
const hasBegun = answers => answers[0]?.times.length > 0;
const hasEnded = answers => answers.length > 1;

// Measures so many seconds from when `isWarm` holds for the answers of every sequence; what arrives meanwhile goes to the other ones.
async function run(sequences, others, isWarm, seconds) {
  const begin = now();
  const answers = sequences.map(() => []);
  const arrived = [];
  let [from, to] = [Infinity, Infinity];
  const isOver = () => now() - begin >= to;
  const streaming = sequences.map(async (sequence, first) => {
    for (let i = first * 7919; !isOver(); i++) {
      const answer = { start: now() - begin, times: [] };
      answers[first].push(answer);
      for await (const _ of generate(sequence, requests[i % requests.length])) {
        const time = now() - begin;
        answer.times.push(time);
        if (from === Infinity && answers.every(isWarm)) [from, to] = [time, time + seconds];
        if (isOver()) break;
      }
    }
  });
  // One waits for what arrives next, the others behind it.
  let door = Promise.resolve();
  const arrival = () => door = door.then(async () => {
    const request = arriving[arrived.length % arriving.length];
    const answer = { start: pace * (arrived.length + 1), times: [] };
    const left = answer.start - (now() - begin);
    if (left > 0 && !isOver()) await setTimeout(1000 * left);
    arrived.push(answer);
    return { request, times: answer.times };
  });
  const serving = others.map(async sequence => {
    for (;;) {
      const { request, times } = await arrival();
      if (isOver()) return;
      for await (const _ of generate(sequence, request)) {
        times.push(now() - begin);
        if (isOver()) break;
      }
    }
  });
  await Promise.all([...streaming, ...serving]);
  return { from, to, answers: answers.flat(), arrived: others.length > 0 ? arrived : null };
}

async function fastest(streams) {
  const counts = numbers(threadCounts);
  const tried = [];
  for (const threads of counts.length > 1 ? counts : []) {
    const { context, sequences, others } = await open(streams, threads);
    const { from, to, answers } = await run(sequences, others, hasBegun, 2);
    tried.push({ threads, tokens: answers.flatMap(answer => answer.times).filter(time => time >= from && time < to).length });
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

const runs = [];
let checked = [];
for (const streams of numbers(streamCounts)) {
  const threads = await fastest(streams);
  const { context, sequences, others } = await open(streams, threads);
  // As many at a time as when it is measured; the last number of streams has the last word.
  checked = await answer(sequences);
  runs.push({ streams, threads, ...await run(sequences, others, hasEnded, Number(seconds)) });
  await context.dispose();
}
// A pipe takes 64 KB at once: ended before the rest is read, this would be half an answer.
process.stdout.write(JSON.stringify({ check: checked, runs }), () => process.exit(0));
