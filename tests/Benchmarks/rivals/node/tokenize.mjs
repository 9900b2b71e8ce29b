// Tokenizes every line of a file, one by one, for some seconds with @huggingface/transformers' tokenizer.
//   node tokenize.mjs TOKENIZER_FOLDER TEXT_FILE SECONDS  →  {"texts", "tokens", "bytes", "seconds"}
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(`${process.env.PACKAGES}/package.json`);
const { env, AutoTokenizer } = require('@huggingface/transformers');
const [folder, file, seconds] = process.argv.slice(2);
env.allowRemoteModels = false;
env.localModelPath = '/';
const tokenizer = await AutoTokenizer.from_pretrained(folder, { local_files_only: true });
const lines = readFileSync(file, 'utf8').split('\n').filter(line => line.length > 0);
const sizes = lines.map(line => Buffer.byteLength(line));

function run(limit) {
  let [texts, tokens, bytes] = [0, 0, 0];
  const start = performance.now();
  let elapsed = 0;
  while (elapsed < limit) {
    for (let i = 0; i < 50; i++, texts++) {
      const line = texts % lines.length;
      tokens += tokenizer.encode(lines[line]).length;
      bytes += sizes[line];
    }
    elapsed = (performance.now() - start) / 1000;
  }
  return { texts, tokens, bytes, seconds: elapsed };
}

run(1);
const total = lines.reduce((sum, line) => sum + tokenizer.encode(line).length, 0);
console.log(JSON.stringify({ ...run(Number(seconds)), corpusTokens: total }));
