// What @huggingface/jinja makes of conversations: reads one JSON object a line from the file named, {template} or variables for the last template,
// writes for each of the latter {text} or {error}. The clock stands still at the moment named.
import { readFileSync } from 'node:fs';
import { Template } from '@huggingface/jinja';

const [file, now] = process.argv.slice(2);
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length > 0 ? given : [now]));
  }
};

let template;
const answers = [];
for (const line of readFileSync(file, 'utf8').split('\n').filter(l => l.length > 0)) {
  const input = JSON.parse(line);
  if (typeof input.template === 'string') {
    template = new Template(input.template);
    continue;
  }

  try {
    answers.push({ text: template.render(input) });
  } catch (error) {
    answers.push({ error: error.message });
  }
}

process.stdout.write(JSON.stringify(answers));
