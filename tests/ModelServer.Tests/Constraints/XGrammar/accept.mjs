// Asks XGrammar which texts it accepts: reads [[schema, [text, …]], …] from the file named, writes [[accepted, …] or a message where it takes no such schema, …].
import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';

// Its package calls itself an ES module, and is a script for CommonJS.
const file = createRequire(import.meta.url).resolve('@mlc-ai/web-xgrammar');
const source = readFileSync(file, 'utf8');
const load = () => {
  const library = new Module(file);
  library.filename = file;
  library._compile(source, file);
  return library.exports;
};

let { Grammar, Testings } = load();
const answers = [];
for (const [schema, texts] of JSON.parse(readFileSync(process.argv[2], 'utf8'))) {
  try {
    // Any white space; objects are open where the schema says nothing else.
    const grammar = await Grammar.fromJSONSchema(schema, true, undefined, undefined, false);
    const accepted = [];
    for (const text of texts) accepted.push(await Testings.isGrammarAcceptString(grammar, text));
    answers.push(accepted);
    grammar.dispose();
  } catch (error) {
    answers.push(String(error?.message ?? error));
    // What it refuses aborts the whole of it.
    ({ Grammar, Testings } = load());
  }
}

process.stdout.write(`\n${JSON.stringify(answers)}`, () => process.exit(0));
