// Makes rates of totals.

const Kept = 120;

/** Outcomes as the gateway names them, by what they say. */
const Failed = ['server_error', 'unavailable', 'timeout'];
const Refused = ['denied', 'rate_limited', 'client_error'];

export class Samples {
  #answers = [];

  /** The latest last; times in milliseconds, rates a second, null for what nothing is known of. */
  all = [];

  add(answer) {
    answer = { ...answer, at: new Date(answer.at).getTime() };
    const last = this.#answers.at(-1);
    // A restarted gateway counts from zero.
    if (last && (answer.at <= last.at || sum(answer.requests) < sum(last.requests))) this.#answers = [];
    this.#answers.push(answer);
    this.#answers = this.#answers.slice(-20);
    if (this.#answers.length < 2) return;
    this.all.push(this.#sample());
    this.all = this.all.slice(-Kept);
  }

  /** The answer so many milliseconds ago, or the oldest. */
  #back(span) {
    const now = this.#answers.at(-1).at;
    return this.#answers.findLast(a => now - a.at >= span) ?? this.#answers[0];
  }

  #sample() {
    const now = this.#answers.at(-1);
    const near = this.#back(2000);
    const seconds = (now.at - near.at) / 1000;
    const rate = names => names.reduce((total, name) => total + now.requests[name] - near.requests[name], 0) / seconds;
    // A probe a second brings the replicas' totals: over a longer span its beat does not show.
    const far = this.#back(4000);
    const work = growth(now, far);
    const span = (now.at - far.at) / 1000;
    const [p50, p99] = quantiles(now.latency, this.#back(10000).latency, [0.5, 0.99]);
    const loads = now.replicas.map(r => r.load).filter(Boolean);
    return {
      at: now.at,
      requests: rate(Object.keys(now.requests)), succeeded: rate(['success']), failed: rate(Failed), refused: rate(Refused), p50, p99,
      tokensIn: work && work.tokens_in / span, tokensOut: work && work.tokens_out / span,
      batch: work && work.batches > 0 ? work.batch_sequences / work.batches : null,
      wait: work && work.requests > 0 ? work.queue_seconds * 1000 / work.requests : null,
      cache: work && work.cache_hits + work.cache_misses > 0 ? work.cache_hits / (work.cache_hits + work.cache_misses) : null,
      queued: loads.length > 0 ? loads.reduce((all, load) => all + load.queued_tokens, 0) : null,
      inFlight: loads.length > 0 ? loads.reduce((all, load) => all + load.in_flight, 0) : null,
    };
  }
}

const sum = requests => Object.values(requests).reduce((all, one) => all + one, 0);

/** By how much the replicas' totals grew; one that was restarted or is new counts from now on. Null where none tells totals. */
function growth(now, before) {
  const pairs = now.replicas.filter(r => r.counters).map(r => [r.counters, before.replicas.find(b => b.id === r.id)?.counters]);
  if (pairs.length === 0) return null;
  const total = {};
  for (const [after, old] of pairs) {
    for (const name of Object.keys(after)) total[name] = (total[name] ?? 0) + (old && after.requests >= old.requests ? Math.max(0, after[name] - old[name]) : 0);
  }
  return total;
}

/** Quantiles of what came between two histograms; within a bucket as if its requests were spread evenly. */
function quantiles(now, before, wanted) {
  const counts = now.counts.map((count, i) => count - (before.counts[i] ?? 0));
  const all = counts.reduce((total, count) => total + count, 0);
  if (all === 0) return wanted.map(() => null);
  return wanted.map(q => {
    let rest = q * all;
    for (let i = 0; i < counts.length; i++) {
      if (rest <= counts[i]) {
        const [low, high] = [i > 0 ? now.bounds_ms[i - 1] : 0, now.bounds_ms[i] ?? now.bounds_ms.at(-1)];
        return low + (high - low) * (counts[i] > 0 ? rest / counts[i] : 1);
      }
      rest -= counts[i];
    }
    return now.bounds_ms.at(-1);
  });
}
