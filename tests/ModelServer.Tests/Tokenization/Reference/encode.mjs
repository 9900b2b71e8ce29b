// Encodes texts with the reference library: reads {json, addSpecialTokens, texts: [[text, pair?], …]} from the file named,
// writes [[ids, type ids, starts and ends in code points], …].
import { readFileSync } from 'node:fs';
import { Tokenizer } from '@anush008/tokenizers';

const { json, addSpecialTokens, texts } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const tokenizer = Tokenizer.fromString(JSON.stringify(json));
const answers = [];
for (const [text, pair] of texts) {
  const encoding = await tokenizer.encode(text, pair, { addSpecialTokens });
  answers.push([encoding.getIds(), encoding.getTypeIds(), encoding.getOffsets().flat()]);
}

process.stdout.write(JSON.stringify(answers));
