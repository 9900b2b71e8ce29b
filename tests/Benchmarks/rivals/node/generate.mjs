// Continues prompts one after the other with @huggingface/transformers, greedily, as long as SECONDS last.
//   node generate.mjs MODEL_FOLDER REQUESTS SECONDS
// REQUESTS: [{"ids": [...], "tokens": n}, ...]. Prints the ids of each answer and the seconds to each of its tokens.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(`${process.env.PACKAGES}/package.json`);
const { env, AutoModelForCausalLM, Tensor } = require('@huggingface/transformers');
const [folder, file, seconds] = process.argv.slice(2);
env.allowRemoteModels = false;
env.localModelPath = '/';
const model = await AutoModelForCausalLM.from_pretrained(folder, { local_files_only: true, subfolder: '', device: 'cpu', dtype: 'fp32' });
model.generation_config.eos_token_id = null;
const requests = JSON.parse(readFileSync(file, 'utf8'));
const tensor = values => new Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);

async function generate({ ids, tokens }) {
  const times = [];
  const begin = performance.now();
  let prompt = true;
  const streamer = {
    put() {
      // The first call hands back the prompt.
      if (!prompt) times.push((performance.now() - begin) / 1000);
      prompt = false;
    },
    end() {},
  };
  const output = await model.generate({
    inputs: tensor(ids), attention_mask: tensor(ids.map(() => 1)), max_new_tokens: tokens, do_sample: false, streamer,
  });
  return { ids: Array.from(output.data, Number).slice(ids.length), times };
}

await generate(requests.at(-1));
const answers = [];
const begin = performance.now();
while (answers.length === 0 || performance.now() - begin < Number(seconds) * 1000) answers.push(await generate(requests[answers.length % requests.length]));
console.log(JSON.stringify({ seconds: (performance.now() - begin) / 1000, answers }));
