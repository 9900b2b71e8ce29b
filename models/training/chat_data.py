"""Conversations of our own making for the chat model, drawn from a seed.

Each is {"kind", "messages", "tools"?} with OpenAI's messages. Users' wordings vary, the assistant's
hardly: what the model is to learn is which answer, and to copy names, keys and values from what it
read. `python3 models/training/chat_data.py [SEED]` prints some.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable

import chat_tools
from chat_format import dumps, render
from chat_signatures import key as drawn_key
from chat_turns import conversation, echo, fact, person, talk, unknown
from chat_world import CAPITALS, COLOURS, DAYS, GROUPS, JOBS, OPPOSITES, THINGS, World

ONE_LINE = (talk, fact, fact, fact, unknown, unknown, echo)


def chat(w: World) -> dict:
    """Some turns; what the user told earlier is asked for later."""
    r, turns = w.r, []
    for _ in range(r.randint(1, 4)):
        turns.append(r.choice(ONE_LINE)(w))
    if r.random() < 0.5:
        for told, asked in r.sample(list(person(w)), r.randint(1, 2)):
            i = r.randint(0, min(2, len(turns)))
            turns.insert(i, (w.vary(told[0]), told[1]))
            if r.random() < 0.85:
                turns.insert(r.randint(i + 1, len(turns)), (w.vary(asked[0]), asked[1]))
    elif r.random() < 0.3:
        asked = r.choice(list(person(w)))[1][0]
        turns.insert(0, (w.vary(asked), "I don't know, you have not told me."))
    system = r.choice(("", "", "", "You are a helpful assistant.", "Be brief.",
                       "You are a friendly assistant. Answer in short sentences."))
    return conversation("chat", system, turns[:7])


def instructed(w: World) -> dict:
    """System prompts that change the answer."""
    r, kind = w.r, w.r.randrange(4)
    if kind == 0:
        name = w.name()
        return conversation("system", w.vary(
            f"You are {name}{{|, a helpful assistant|, a friendly robot|, the assistant of {w.name()}}}."), [
            (w.vary("{What is your name|Who are you|What's your name|What are you called}{?|}"),
             f"My name is {name}."), *(fact(w) for _ in range(r.randint(0, 1)))])
    if kind == 1:
        name, city = w.name(), w.city()
        turns = [("{What is my name|Who am I|What's my name}{?|}", f"Your name is {name}."),
                 ("{Where do I live|Which city do I live in}{?|}", f"You live in {city}.")]
        r.shuffle(turns)
        return conversation("system", w.vary(
            f"{{The user's name is {name} and he lives in {city}.|You are talking to {name}, who lives in "
            f"{city}.|User: {name}, city: {city}.}}"), [(w.vary(q), a) for q, a in turns])
    if kind == 2:
        country, city = r.choice(list(CAPITALS.items()))
        thing, colour = r.choice(list(COLOURS.items()))
        turns = [(f"{{What is the capital|What's the capital|Name the capital}} of {country}{{?|}}", city),
                 (f"{{What colour is|What color is}} {thing}{{?|}}", colour.title())]
        r.shuffle(turns)
        return conversation("system", w.vary(
            "{Answer with one word.|Answer in one word.|Reply with a single word.|Use only one word.}"),
            [(w.vary(q), a) for q, a in turns])
    people = {w.name(): (r.choice(JOBS), w.city(), w.phrase()) for _ in range(r.randint(1, 4))}
    text = " ".join(f"{name} is a {job} in {city} and has a {thing}."
                    for name, (job, city, thing) in people.items())
    turns = []
    for name in r.sample(list(people), min(2, len(people))):
        job, city, thing = people[name]
        turns.append(r.choice((
            (f"Where {{does {name} live|is {name}}}{{?|}}", f"{name} is in {city}."),
            (f"What {{is {name}'s job|does {name} do|is the job of {name}}}{{?|}}", f"{name} is a {job}."),
            (f"What does {name} {{have|own}}{{?|}}", f"{name} has a {thing}."),
            (f"Who is {{the {job}|in {city}}}{{?|}}", f"That is {name}."),
        )))
    turns = [(w.vary(q), a) for q, a in turns]
    if r.random() < 0.5:
        return conversation("reading", f"{text}", turns)
    return conversation("reading", "", [(f"{text} {turns[0][0]}", turns[0][1]), *turns[1:]])


def fields(w: World) -> dict[str, object]:
    """What can be said of somebody or something, by name of the field."""
    r = w.r
    every: list[tuple[str, Callable[[], object]]] = [
        ("name", w.name), ("age", lambda: r.randint(1, 99)), ("city", w.city), ("job", lambda: r.choice(JOBS)),
        ("price", lambda: w.number()), ("colour", lambda: r.choice(list(COLOURS.values()))),
        ("title", w.phrase), ("count", lambda: w.number()), ("country", lambda: r.choice(list(CAPITALS))),
        ("email", lambda: f"{invented_mail(w)}"), (drawn_key(w), w.phrase),
        (drawn_key(w), lambda: w.number())]
    return {key: value() for key, value in r.sample(every, r.randint(2, 4))}


def invented_mail(w: World) -> str:
    return f"{w.name().lower().replace(' ', '.')}@{w.r.choice(('example.com', 'mail.org', 'test.net'))}"


ASK_JSON = ("{Answer|Reply|Respond|Answer only|Return the answer|Write it} {as|in} JSON "
            "{with|using} the {fields|keys|properties} ")
EXTRACT = "{Extract|Get|Find|Read} {the data|the person|the fields|the information|everything}"


def joined(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]


def extraction(w: World) -> dict:
    """A sentence → an object whose values are copied from it."""
    r = w.r
    if r.random() < 0.5:
        name, age, city, job = w.name(), r.randint(1, 99), w.city(), r.choice(JOBS)
        text = w.vary(f"{{{name} is {age} years old and lives in {city}|{name}, {age}, lives in {city}|"
                      f"{name} from {city} is {age}|I am {name}, {age} years old, from {city}|"
                      f"My name is {name}. I am {age} and live in {city}|In {city} lives {name}, aged {age}}}"
                      f"{{| and works as a {job}}}.")
        found = {"name": name, "age": age, "city": city}
        if f"a {job}" in text:
            found["job"] = job
        keys = list(found) if r.random() < 0.5 else r.sample(list(found), r.randint(1, len(found)))
    else:
        found = fields(w)
        said = [w.vary(f"{{the {k} is {v}|{k}: {v}|{k} = {v}|{k} {v}}}") for k, v in found.items()]
        text = w.vary("{, |; | and }").join(said) + "."
        text = text[0].upper() + text[1:]
        keys = list(found) if r.random() < 0.6 else r.sample(list(found), r.randint(1, len(found)))
    answer, implied = dumps({key: found[key] for key in keys}), keys == ["name", "age", "city"]
    request = w.vary(ASK_JSON) + joined(keys)
    form = r.randrange(4)
    if len(keys) == len(found) and r.random() < 0.2:  # a server that demands a schema may not name its fields
        return conversation("json", r.choice(("", "", "Answer as JSON.", w.vary(f"{EXTRACT}."))), [
            (text if r.random() < 0.5 else w.vary(f"{EXTRACT}: {text}"), answer)])
    if implied and r.random() < 0.6:
        return conversation("json", r.choice(("", "Answer as JSON.")), [
            (w.vary(f"{EXTRACT}{{| as JSON}}: {text}"), answer)])
    if form == 0:
        return conversation("json", request + ".", [(text, answer)])
    if form == 1:
        return conversation("json", request + ".", [(w.vary(f"{EXTRACT}: {text}"), answer)])
    if form == 2:
        return conversation("json", "", [(f"{text} {request}.", answer)])
    return conversation("json", "", [(f"{request}: {text}", answer)])


def event(w: World) -> dict:
    r, names, day, what = w.r, [w.name() for _ in range(w.r.randint(1, 3))], w.r.choice(DAYS), w.phrase()
    text = w.vary(f"{joined(names)} {{is|are}} going to {{a|the}} {what} on {day}.".replace(
        "{is|are}", "is" if len(names) == 1 else "are"))
    answer = dumps({"name": what, "date": day, "participants": names})
    request = w.vary("{Extract the event|Extract the event information|Get the event}{| as JSON}")
    return (conversation("json", request + ".", [(text, answer)]) if r.random() < 0.5
            else conversation("json", "", [(f"{request}: {text}", answer)]))


def listing(w: World) -> dict:
    """Lists, and questions whose answer is to be JSON."""
    r = w.r
    if r.random() < 0.15:
        return event(w)
    if r.random() < 0.45:
        words = [r.choice((w.name, w.city, w.phrase, lambda: r.choice(THINGS)))() for _ in range(r.randint(2, 4))]
        key = r.choice(("items", "words", "names", "list", drawn_key(w)))
        if r.random() < 0.5:
            return conversation("json", "", [(w.vary(
                f"{{Write|Give|Return|Answer with}} {{a JSON array|a JSON list|an array}} of: {joined(words)}"),
                dumps(words))])
        return conversation("json", "", [(w.vary(
            f"{{Write|Return|Answer}} {{a JSON object|JSON}} with the {{field|key}} {key}, a list of: "
            f"{joined(words)}"), dumps({key: words}))])
    if r.random() < 0.5:
        group, n = r.choice(list(GROUPS)), r.randint(2, 5)
        count = ("two", "three", "four", "five")[n - 2]
        return conversation("json", "", [(w.vary(
            f"{{Name|List|Give me}} {{{count}|{n}}} {group} as {{a JSON array|a JSON list|JSON}}{{.|}}"),
            dumps(GROUPS[group][:n]))])
    country, city = r.choice(list(CAPITALS.items()))
    thing, colour = r.choice(list(COLOURS.items()))
    question, key, value = r.choice((
        (f"What is the capital of {country}?", "capital", city),
        (f"What colour is {thing}?", "colour", colour),
        (f"What is the opposite of {(o := r.choice(list(OPPOSITES)))}?", "opposite", OPPOSITES[o])))
    key = r.choice((key, "answer", drawn_key(w)))
    request = w.vary(f"{{Answer|Reply|Respond}} {{as|in}} JSON with the {{field|key}} {key}.")
    answer = dumps({key: value})
    return (conversation("json", request, [(question, answer)]) if r.random() < 0.5
            else conversation("json", "", [(f"{question} {request}", answer)]))


# what to draw, how often
MAKERS: tuple[tuple[Callable[[World], dict], int], ...] = (
    (chat, 24), (instructed, 12), (extraction, 16), (listing, 8),
    (chat_tools.known_tool, 22), (chat_tools.invented_tool, 14), (chat_tools.no_call, 6))


def conversations(seed: int, count: int, held_out: bool = False) -> list[dict]:
    r = random.Random(seed)
    world = World(r, held_out)
    makers, weights = zip(*MAKERS)
    return [maker(world) for maker in r.choices(makers, weights, k=count)]


def main() -> None:
    for made in conversations(int(sys.argv[1]) if len(sys.argv) > 1 else 1, 30):
        print(f"--- {made['kind']}\n" + "".join(text for text, _ in render(made)))


if __name__ == "__main__":
    main()
