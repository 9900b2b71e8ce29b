// Node's own http server over onnxruntime-node. BATCH=1: one run per request; BATCH=n: while a run is
// under way requests queue up, and the next run takes at most n of them, in order, padded to the longest.
// Token ids come from a table, so that tokenization costs nothing.
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(`${process.env.PACKAGES}/package.json`);
const { InferenceSession, Tensor } = require('onnxruntime-node');
const most = Number(process.env.BATCH);
const labels = ['negative', 'positive'];
const table = new Map(Object.entries(JSON.parse(readFileSync(process.env.IDS, 'utf8'))));
const session = await InferenceSession.create(process.env.MODEL, { graphOptimizationLevel: 'all' });

async function compute(rows) {
  const length = Math.max(...rows.map(row => row.length));
  const ids = new BigInt64Array(rows.length * length);
  const mask = new BigInt64Array(rows.length * length);
  rows.forEach((row, r) => row.forEach((id, i) => {
    ids[r * length + i] = BigInt(id);
    mask[r * length + i] = 1n;
  }));
  const shape = [rows.length, length];
  const outputs = await session.run({ input_ids: new Tensor('int64', ids, shape), attention_mask: new Tensor('int64', mask, shape) });
  const logits = outputs.logits.data;
  return rows.map((_, r) => {
    const [a, b] = [logits[2 * r], logits[2 * r + 1]];
    const positive = 1 / (1 + Math.exp(a - b));
    return positive >= 0.5 ? { label: labels[1], score: positive } : { label: labels[0], score: 1 - positive };
  });
}

const queue = [];
let busy = false;

async function drain() {
  busy = true;
  while (queue.length > 0) {
    const batch = queue.splice(0, most);
    try {
      const results = await compute(batch.map(item => item.row));
      batch.forEach((item, i) => item.resolve(results[i]));
    } catch (error) {
      batch.forEach(item => item.reject(error));
    }
    // Lets requests that came meanwhile join the next batch.
    await new Promise(setImmediate);
  }
  busy = false;
}

function predict(row) {
  if (most === 1) return compute([row]).then(([result]) => result);
  return new Promise((resolve, reject) => {
    queue.push({ row, resolve, reject });
    if (!busy) drain();
  });
}

function send(response, status, value) {
  const body = JSON.stringify(value);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

const server = createServer((request, response) => {
  if (request.method === 'GET') return send(response, 200, {});
  const parts = [];
  request.on('data', part => parts.push(part));
  request.on('end', async () => {
    try {
      const { text } = JSON.parse(Buffer.concat(parts).toString('utf8'));
      send(response, 200, await predict(table.get(text)));
    } catch (error) {
      send(response, 500, { error: String(error) });
    }
  });
});
server.keepAliveTimeout = 60_000;
server.listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
