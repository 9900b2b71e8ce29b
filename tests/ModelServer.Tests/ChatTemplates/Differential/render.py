#!/usr/bin/env python3
"""What Python's jinja2 makes of conversations, set up as transformers does: reads one JSON object a line from the file named, {template} or variables for the
last template, writes for each of the latter {text} or {error}. The clock stands still at the moment named."""
import datetime, json, sys
import jinja2
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment


class Generation(Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_same"), [], [], body).set_lineno(line)

    def _same(self, caller):
        return caller()


def raise_exception(message):
    raise jinja2.exceptions.TemplateError(message)


def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


now = datetime.datetime.fromisoformat(sys.argv[2].rstrip("Z"))
environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols])
environment.filters["tojson"] = tojson
environment.globals["raise_exception"] = raise_exception
environment.globals["strftime_now"] = now.strftime
answers = []
template = None
for line in open(sys.argv[1], encoding="utf-8"):
    given = json.loads(line)
    if isinstance(given.get("template"), str):
        template = environment.from_string(given["template"])
        continue
    try:
        answers.append({"text": template.render(**given)})
    except Exception as error:
        answers.append({"error": str(error)})
json.dump(answers, sys.stdout)
