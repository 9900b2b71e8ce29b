// What the scripts of the clients share: where the platform is and as whom it is asked, and how cases are run. Each script is run as node SCRIPT.
import assert from 'node:assert/strict';

export const { GATEWAY: gateway, TOKEN: token, LISTING_TOKEN: listingToken, MODEST_TOKEN: modestToken } = process.env;
export const openAI = `${gateway}/v1`;

/** Whether the platform has a Redis, in which it stores responses. */
export const store = process.env.STORE === 'true';

/** What the story model is asked by default, and how it goes on without chance. */
export const prompt = 'Once upon a time';
export const continuation = /^, there was a little girl named Lily/;

export const sentences = ['a cat on a mat', 'a kitten lies on the rug', 'shares fell sharply'];
export const query = 'good music';
export const documents = ['the sea is deep', 'good music and rain', 'a cat'];

export const likeness = (a, b) => a.reduce((sum, value, at) => sum + value * b[at], 0);

/** The vectors are those of the sentences: the first two are nearer to one another than to the third. */
export function areOfSentences(vectors) {
  assert.equal(vectors.length, 3);
  assert.ok(vectors.every(vector => vector.length === vectors[0].length && Math.abs(Math.hypot(...vector) - 1) < 1e-4));
  assert.ok(likeness(vectors[0], vectors[1]) > likeness(vectors[0], vectors[2]));
}

/** What the promise was rejected with, which must be of this kind. */
export async function rejection(promise, kind = Error) {
  const reason = await promise.then(() => assert.fail(`There was no ${kind.name}.`), reason => reason);
  assert.ok(reason instanceof kind, `${reason?.stack ?? reason}`);
  return reason;
}

/** Makes 200 tokens so many that no client has read them all before it has left. */
export const much = { n: 32, ignore_eos: true };

/** Reads three parts of such a stream, lets it be aborted and reads on: it must end, however it says so, long before its parts do. */
export async function leave(stream, abort) {
  let parts = 0;
  try {
    for await (const _ of stream) if (++parts === 3) abort();
  } catch (reason) {
    if (parts < 3) throw reason;
  }
  assert.ok(parts >= 3 && parts < 5000, `${parts} parts were read.`);
}

/** Runs the cases one after another and writes what became of each: ok, or what went wrong. */
export async function run(cases) {
  const results = {};
  for (const [name, check] of Object.entries(cases)) {
    try {
      await check();
      results[name] = 'ok';
    } catch (reason) {
      results[name] = reason?.stack ?? `${reason}`;
    }
  }
  // Some clients leave timers and connections behind, which node would wait for.
  process.stdout.write(`\n${JSON.stringify(results)}`, () => process.exit());
}
