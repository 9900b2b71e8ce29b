// All that the reference library makes of texts and ids, for one tokenizer after the other: each line of the file named is
// {json, truncated, texts: [[text, pair?], …], ids: [[…], …]}, each line written {refused} or {with, plain, cut, decoded}: encodings with special tokens,
// without, and with the truncation of `truncated` (null where that is refused), and texts of the ids without special tokens and with.
// An encoding is [ids, type ids, starts and ends in code points, tokens, special tokens mask].
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Tokenizer } from '@anush008/tokenizers';

async function encode(tokenizer, [text, pair], addSpecialTokens) {
  const encoding = await tokenizer.encode(text, pair, { addSpecialTokens });
  return [encoding.getIds(), encoding.getTypeIds(), encoding.getOffsets().flat(), encoding.getTokens(), encoding.getSpecialTokensMask()];
}

async function all(values, answer) {
  const answers = [];
  for (const value of values) answers.push(await answer(value).catch(() => null));
  return answers;
}

function load(json) {
  try {
    return Tokenizer.fromString(JSON.stringify(json));
  } catch (error) {
    return { refused: String(error.message) };
  }
}

for await (const line of createInterface({ input: createReadStream(process.argv[2]) })) {
  const { json, truncated, texts, ids } = JSON.parse(line);
  const tokenizer = load(json);
  let answer = tokenizer;
  if (!tokenizer.refused) {
    const cutting = load(truncated);
    answer = {
      with: await all(texts, text => encode(tokenizer, text, true)),
      plain: await all(texts, text => encode(tokenizer, text, false)),
      cut: await all(texts, text => encode(cutting, text, true)),
      decoded: await all(ids, async some => [await tokenizer.decode(some, true), await tokenizer.decode(some, false)]),
    };
  }

  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
