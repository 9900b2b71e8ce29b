// Compiles a grammar with XGrammar and walks texts' tokens through it, twice: masks not known yet, and again from the start.
//   node measure.mjs INPUT_FILE  →  {"tokenizer", "compile": ms[], "cold": ms[], "warm": ms[], "allowed": tokens[]}
// INPUT_FILE: {"vocabulary": [], "type": "byte_level" | "byte_fallback", "end": id, "grammar": GBNF, "ids": [], "rounds": n}
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';

// The package says that it is a module, and is a script.
const require = createRequire(`${process.env.PACKAGES}/package.json`);
const file = require.resolve('@mlc-ai/web-xgrammar');
const script = { exports: {} };
new Function('require', 'module', 'exports', '__filename', '__dirname', readFileSync(file, 'utf8'))(require, script, script.exports, file, dirname(file));
const { TokenizerInfo, GrammarCompiler, GrammarMatcher } = script.exports;
const input = JSON.parse(readFileSync(process.argv[2], 'utf8'));

async function timed(list, action) {
  const start = performance.now();
  const result = await action();
  list.push(performance.now() - start);
  return result;
}

function count(mask) {
  let bits = 0;
  for (let word of mask) for (word >>>= 0; word !== 0; word &= word - 1) bits++;
  return bits;
}

const [tokenizer, compile, cold, warm, allowed] = [[], [], [], [], []];
const info = await timed(tokenizer, () => TokenizerInfo.createTokenizerInfo(input.vocabulary, input.type, false, input.vocabulary.length, input.end));
for (let round = 0; round < input.rounds; round++) {
  const compiler = await GrammarCompiler.createGrammarCompiler(info, false);
  const compiled = await timed(compile, () => compiler.compileGrammar(input.grammar));
  for (const times of [cold, warm]) {
    const matcher = await GrammarMatcher.createGrammarMatcher(compiled);
    for (const id of input.ids) {
      const mask = await timed(times, () => matcher.getNextTokenBitmask());
      if (round === 0 && times === cold) allowed.push(count(mask));
      if (!matcher.acceptToken(id)) throw new Error(`XGrammar does not allow token ${id}`);
    }
    matcher.dispose();
  }
  compiled.dispose();
  compiler.dispose();
}
console.log(JSON.stringify({ tokenizer: tokenizer[0], compile, cold, warm, allowed }));
