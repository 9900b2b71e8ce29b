"""How a conversation becomes a prompt: the chat template, and the same in Python for training.

ChatML with the tools, calls and results of Hermes and Qwen. The tools are listed short, one JSON
line each, with a parameter's type or choices in place of its schema ("?" if it may be left out):
that is all this model can use, and it spends few tokens of a short window.
"""

from __future__ import annotations

import json

START, STOP = "<|im_start|>", "<|im_end|>"
SPECIAL = [START, STOP]
MARKUP = ["<tools>", "</tools>", "<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>"]
INTRODUCTION = "You can call these functions:"

TEMPLATE = """\
{%- macro kind(schema, required) -%}
    {%- if schema.enum -%}
        {{- schema.enum | join('|') -}}
    {%- elif schema.type is string -%}
        {{- schema.type -}}
    {%- elif schema.type -%}
        {{- schema.type[0] -}}
    {%- else -%}
        any
    {%- endif -%}
    {{- '' if required else '?' -}}
{%- endmacro -%}
{%- macro call(function) -%}
    {{- '<tool_call>\\n{"name": ' + function.name | tojson + ', "arguments": ' -}}
    {{- function.arguments if function.arguments is string else function.arguments | tojson -}}
    {{- '}\\n</tool_call>' -}}
{%- endmacro -%}
{%- set system = messages[0].content if messages[0].role == 'system' else '' -%}
{%- if system or tools -%}
    {{- '<|im_start|>system\\n' + system -}}
    {%- if tools -%}
        {{- '\\n\\n' if system else '' -}}
        {{- 'You can call these functions:\\n<tools>' -}}
        {%- for tool in tools -%}
            {%- set function = tool.function or tool -%}
            {%- set parameters = function.parameters or {} -%}
            {{- '\\n{"name": ' + function.name | tojson -}}
            {{- ', "description": ' + (function.description or '') | tojson + ', "parameters": {' -}}
            {%- for name, schema in (parameters.properties or {}).items() -%}
                {{- ('' if loop.first else ', ') + name | tojson + ': ' -}}
                {{- kind(schema, name in (parameters.required or [])) | tojson -}}
            {%- endfor -%}
            {{- '}}' -}}
        {%- endfor -%}
        {{- '\\n</tools>' -}}
    {%- endif -%}
    {{- '<|im_end|>\\n' -}}
{%- endif -%}
{%- for message in messages -%}
    {%- if message.role == 'tool' -%}
        {{- '<|im_start|>user' if loop.first or messages[loop.index0 - 1].role != 'tool' else '' -}}
        {{- '\\n<tool_response>\\n' + message.content + '\\n</tool_response>' -}}
        {{- '<|im_end|>\\n' if loop.last or messages[loop.index0 + 1].role != 'tool' else '' -}}
    {%- elif message.role != 'system' or not loop.first -%}
        {{- '<|im_start|>' + message.role + '\\n' + (message.content or '') -}}
        {%- if message.tool_calls -%}
            {{- '\\n' if message.content else '' -}}
            {%- for tool_call in message.tool_calls -%}
                {{- ('' if loop.first else '\\n') + call(tool_call.function or tool_call) -}}
            {%- endfor -%}
        {%- endif -%}
        {{- '<|im_end|>\\n' -}}
    {%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}
    {{- '<|im_start|>assistant\\n' -}}
{%- endif -%}
"""


def dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def listed(function: dict) -> str:
    """The line of a tool, as the template writes it."""
    parameters = function.get("parameters") or {}
    required = parameters.get("required", [])
    kinds = {}
    for name, schema in parameters.get("properties", {}).items():
        kind = "|".join(schema["enum"]) if "enum" in schema else schema["type"]
        kinds[name] = kind + ("" if name in required else "?")
    return dumps({"name": function["name"], "description": function.get("description", ""),
                  "parameters": kinds})


def calls_text(calls: list[dict]) -> str:
    return "\n".join(f"<tool_call>\n{dumps(call)}\n</tool_call>" for call in calls)


def render(conversation: dict) -> list[tuple[str, bool]]:
    """The text of a conversation in pieces, and whether the model is to write the piece."""
    messages, tools = conversation["messages"], conversation.get("tools")
    pieces: list[tuple[str, bool]] = []
    system = messages[0]["content"] if messages[0]["role"] == "system" else ""
    if system or tools:
        lines = "\n".join([INTRODUCTION, "<tools>", *map(listed, tools), "</tools>"]) if tools else ""
        pieces.append((f"{START}system\n" + "\n\n".join(filter(None, [system, lines]))
                       + f"{STOP}\n", False))
    for i, message in enumerate(messages):
        if message["role"] == "tool":
            first = messages[i - 1]["role"] != "tool"
            last = i + 1 == len(messages) or messages[i + 1]["role"] != "tool"
            pieces.append(((f"{START}user" if first else "")
                           + f"\n<tool_response>\n{message['content']}\n</tool_response>"
                           + (f"{STOP}\n" if last else ""), False))
        elif message["role"] == "assistant":
            text = "\n".join(filter(None, [message.get("content"),
                                           calls_text(message.get("tool_calls", []))]))
            pieces += [(f"{START}assistant\n", False), (text + STOP, True), ("\n", False)]
        elif i > 0 or message["role"] != "system":
            pieces.append((f"{START}{message['role']}\n{message['content']}{STOP}\n", False))
    return pieces
