"""The tools of the conversations: names, parameters and values, known ones and ones drawn at random."""

from __future__ import annotations

import random
from collections.abc import Callable

from chat_format import dumps
from chat_world import THINGS, World, invented

Parameters = dict[str, dict]
VERBS = """get find create send book search set list delete update play open convert check add start stop
read write move count order reserve translate print rename close show make cancel""".split()
VALUE_KEYS = """id title name query date amount color email language topic path size room device user
address currency message subject category level status key value customer product unit limit""".split()


def key(w: World) -> str:
    """The name of a parameter or field, now and then one that nobody has seen."""
    r, draw = w.r, w.r.random()
    if draw < 0.5:
        return r.choice(VALUE_KEYS)
    word = invented(r, (1, 2))
    other = r.choice(VALUE_KEYS)
    return word if draw < 0.7 else f"{other}_{word}" if draw < 0.8 else f"{word}_{other}" if draw < 0.9 \
        else other + word.title()


def tool_name(w: World) -> str:
    r = w.r
    words = [r.choice(VERBS), r.choice(THINGS) if r.random() < 0.6 else invented(r, (1, 2))]
    if r.random() < 0.2:
        words.append(r.choice(VALUE_KEYS))
    form = r.random()
    if form < 0.6:
        return "_".join(words)
    if form < 0.8:
        return words[0] + "".join(map(str.title, words[1:]))
    return "".join(map(str.title, words)) if form < 0.92 else "-".join(words)


def tool(name: str, description: str, properties: Parameters, required: list[str]) -> dict:
    return {"name": name, "description": description,
            "parameters": {"type": "object", "properties": properties, "required": required}}


def string() -> dict:
    return {"type": "string"}


def encoded(r: random.Random, value: object) -> str:
    text = dumps(value)
    return text.replace('": ', '":').replace(', "', ',"') if r.random() < 0.5 else text


def drawn_tool(w: World) -> dict:
    """A tool of a name and parameters that nobody has seen."""
    r, name = w.r, tool_name(w)
    properties: Parameters = {}
    for _ in range(r.choices((0, 1, 2, 3), (5, 40, 40, 15))[0]):
        kind = r.choices(("string", "integer", "number", "boolean", "enum"), (55, 18, 7, 10, 10))[0]
        properties[key(w)] = ({"type": "string", "enum": [invented(r, (1, 2)) for _ in range(r.randint(2, 3))]}
                              if kind == "enum" else {"type": kind})
    about = "" if r.random() < 0.4 else w.vary(f"{{Tool for the|Works with the|Does something with the}} {w.phrase()}.")
    return tool(name, about, properties, [k for k in properties if r.random() < 0.85])


def value(w: World, schema: dict) -> object:
    r = w.r
    if "enum" in schema:
        return r.choice(schema["enum"])
    draw: dict[str, Callable[[], object]] = {
        "integer": lambda: w.number(4), "boolean": lambda: r.random() < 0.5,
        "number": lambda: round(r.uniform(0, 500), r.randint(1, 2)),
        "string": lambda: r.choice((w.name, w.city, w.phrase, w.phrase, lambda: invented(r)))()}
    return draw[schema["type"]]()
