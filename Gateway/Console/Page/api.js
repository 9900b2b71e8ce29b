// The way to the gateway. The token lives in this module, and in the tab's session storage if the user says so; it goes out in one header, to this origin.

const Stored = 'console-token';
let token = null;
let ended = () => {};
let limit = null;

/** An answer that says no, in the server's words. */
export class Refusal extends Error {
  constructor(status, message, code, retryAfter) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

export const isSignedIn = () => token !== null;

/** Who the token says its bearer is, for display: the gateway alone decides. */
export function bearer() {
  if (!token) return null;
  if (token.startsWith('sk-')) return { name: `Key ${token.split('-')[1]}`, expires: null };
  try {
    const part = token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/');
    const claims = JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(part), c => c.charCodeAt(0))));
    return { name: String(claims.sub ?? claims.client_id ?? claims.azp ?? 'token'), expires: typeof claims.exp === 'number' ? new Date(claims.exp * 1000) : null };
  } catch {
    return { name: 'token', expires: null };
  }
}

/** Takes up the token that the tab has kept. */
export function resume() {
  token = sessionStorage.getItem(Stored);
}

/** Tries a token: whatever the gateway answers but 401 shows that it knows its bearer. */
export async function signIn(text, keep) {
  // A header takes no other characters.
  if (!/^[\x21-\x7e]+$/.test(text)) throw new Refusal(401, 'A token or key is one word of letters, digits and signs.', 'invalid_token');
  const answer = await fetch('/v1/models', { headers: { Authorization: `Bearer ${text}` }, cache: 'no-store' });
  if (answer.status === 401) throw await refusalOf(answer);
  token = text;
  if (keep) sessionStorage.setItem(Stored, text);
}

export function signOut() {
  token = null;
  sessionStorage.removeItem(Stored);
}

/** Who is told when the gateway no longer takes the token. */
export function onEnded(listener) {
  ended = listener;
}

/** Asks for JSON, or for what `read` makes of the answer. */
export async function ask(method, path, body, { signal, read } = {}) {
  const headers = { Authorization: `Bearer ${token}`, Accept: 'application/json, text/event-stream' };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  const sent = performance.now();
  let answer;
  try {
    answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), signal, cache: 'no-store', redirect: 'error' });
  } catch (e) {
    if (e.name === 'AbortError') throw e;
    throw new Refusal(0, 'The gateway cannot be reached.', 'unreachable');
  }
  limit = Number(answer.headers.get('x-ratelimit-limit-requests')) || limit;
  if (!answer.ok) {
    const refusal = await refusalOf(answer);
    if (answer.status === 401) ended(refusal);
    throw refusal;
  }
  if (read) return read(answer, sent);
  const data = answer.status === 204 ? null : await answer.json();
  return { status: answer.status, data, headers: answer.headers, took: performance.now() - sent };
}

export const get = (path, options) => ask('GET', path, undefined, options);
export const post = (path, body, options) => ask('POST', path, body, options);

/** How long to wait between two questions, in milliseconds: what is wished, but a quarter of the requests that this client may make at most. */
export const pace = wished => limit ? Math.max(wished, 4 * 60000 / limit) : wished;

async function refusalOf(answer) {
  let body = null;
  try {
    body = await answer.json();
  } catch {
    // No JSON: the status has to say it.
  }
  const error = body?.error;
  const message = typeof error === 'string' ? error : error?.message ?? body?.detail ?? body?.title ?? `The gateway answered ${answer.status}.`;
  return new Refusal(answer.status, String(message), error?.code ?? body?.code, Number(answer.headers.get('Retry-After')) || null);
}

/** Posts and hands each server-sent event's data to `take`, until [DONE]. */
export function stream(path, body, { signal, take, head }) {
  return ask('POST', path, body, {
    signal,
    read: async (answer, sent) => {
      head?.(answer.headers, performance.now() - sent);
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = '';
      for (;;) {
        const { done, value } = await reader.read();
        if (done) throw new Refusal(0, 'The stream ended before its end.', 'cut');
        const events = (rest + value).split('\n\n');
        rest = events.pop();
        for (const event of events) {
          const data = event.split('\n').filter(line => line.startsWith('data:')).map(line => line.slice(5).trimStart()).join('\n');
          if (data === '[DONE]') return;
          if (!data) continue;
          const parsed = JSON.parse(data);
          if (parsed.error) throw new Refusal(0, String(parsed.error.message ?? parsed.error), parsed.error.code);
          take(parsed);
        }
      }
    },
  });
}
