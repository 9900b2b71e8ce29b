// Predicts without pause from several clients, no text twice, until it is told to stop (SIGTERM); then prints what became of all requests.
//   node load.mjs ADDRESS CLIENTS        TOKEN: the bearer token
import http from 'node:http';

const [address, clients] = [process.argv[2], Number(process.argv[3])];
const agent = new http.Agent({ keepAlive: true, maxSockets: clients });
const outcomes = {};
const times = [];
let stopped = false;

const predict = (text) => new Promise((resolve) => {
  const body = JSON.stringify({ text });
  const request = http.request(`${address}/predict`, {
    method: 'POST',
    agent,
    headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body), Authorization: `Bearer ${process.env.TOKEN}` },
  }, (response) => {
    response.resume();
    response.on('end', () => resolve(String(response.statusCode)));
    response.on('error', (error) => resolve(error.code));
  });
  request.on('error', (error) => resolve(error.code));
  request.setTimeout(60_000, () => request.destroy(Object.assign(new Error(), { code: 'silent for a minute' })));
  request.end(body);
});

async function client(number) {
  for (let i = 0; !stopped; i++) {
    const begin = performance.now();
    const outcome = await predict(`Client ${number} liked film ${i} of ${process.pid}.`);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    if (outcome === '200') times.push(performance.now() - begin);
    else await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

process.on('SIGTERM', () => { stopped = true; });
await Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
agent.destroy();
times.sort((a, b) => a - b);
const total = Object.values(outcomes).reduce((a, b) => a + b, 0);
const others = Object.entries(outcomes).filter(([outcome]) => outcome !== '200').map(([outcome, count]) => `${count} × ${outcome}`);
console.log(`${total - (outcomes['200'] ?? 0)} of ${total} failed${others.length ? ` (${others.join(', ')})` : ''}, slowest ${Math.round(times.at(-1) ?? 0)} ms`);
