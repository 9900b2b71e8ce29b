"""Conversations in which the assistant calls tools, or has tools and does without."""

from __future__ import annotations

from chat_format import dumps
from chat_signatures import drawn_tool, encoded, key, string, tool, tool_name, value
from chat_turns import conversation as plain
from chat_turns import fact, talk, unknown
from chat_world import World


WEATHER = ("get_weather", "get_weather", "get_current_weather", "getWeather", "weather", "GetWeather",
           "get_forecast", "weather_lookup", "Weather-get_weather", "WeatherPlugin-GetWeather")
CALCULATOR = ("calculator", "calculator", "calculate", "evaluate", "compute", "Calculator", "calc")
TIME = "get_time", "get_current_time", "getTime", "current_time", "GetTime"
SEARCH = "search", "web_search", "search_web", "lookup", "find_documents"
PERSON = "get_age", "get_user", "find_person", "get_user_age", "lookup_person", "GetAge"
CITY_KEYS = "city", "city", "city", "location", "location", "place", "town"
CONDITIONS = "sunny", "cloudy", "rainy", "windy", "snowy", "clear", "foggy"
NO_TOOL = "I cannot do that: I have no tool for it."


def weather_tool(w: World) -> tuple[dict, str, str | None]:
    r, place = w.r, w.r.choice(CITY_KEYS) if w.r.random() < 0.9 else key(w)
    properties, unit, required = {place: string()}, None, [place]
    if r.random() < 0.4:
        unit = r.choice(("unit", "unit", "units", "scale"))
        properties[unit] = {"type": "string", "enum": ["celsius", "fahrenheit"]}
    if r.random() < 0.08:
        required = []
    about = w.vary("{Gets the weather of a city.|Get the current weather in a given location|"
                   "Get the weather for a city|The weather in a city.|Current weather|}")
    return tool(r.choice(WEATHER), about, properties, required), place, unit


def weather_question(w: World, listed: str, name: str) -> str:
    return w.vary(
        f"{{What is the weather{{| like}} in {listed}|What's the weather{{| like}} in {listed}|How is the weather "
        f"in {listed}|Weather in {listed}|Tell me the weather in {listed}|What is the weather in {listed} today|"
        f"How warm is it in {listed}|Is it raining in {listed}|What is the temperature in {listed}|"
        f"Check the weather in {listed}|I am in {listed}. What is the weather|What about the weather in {listed}|"
        f"Use {name} for {listed}|weather {listed}|Do I need a coat in {listed}}}{{?|}}")


def weather(w: World) -> dict:
    r = w.r
    function, place, unit = weather_tool(w)
    cities = [w.city() for _ in range(r.choices((1, 2, 3), (70, 24, 6))[0])]
    listed = cities[0] if len(cities) == 1 else ", ".join(cities[:-1]) + " and " + cities[-1]
    question = weather_question(w, listed, function["name"])
    extra, chosen = "", None
    if r.random() < (0.5 if unit else 0.08):
        chosen = r.choice(("celsius", "fahrenheit"))
        extra = w.vary(f" {{In|Use|Answer in}} {{{chosen}|{chosen.title()}}}{{.|, please.|}}")
    def call(city: str) -> dict:
        arguments = {place: city}
        if chosen and unit:
            arguments[unit] = chosen
        return {"name": function["name"], "arguments": arguments}

    def result_of(city: str) -> tuple[str, str]:
        degrees, condition = r.randint(-9, 39), r.choice(CONDITIONS)
        scale = chosen if unit and chosen else r.choice(("celsius", "celsius", "fahrenheit", None))
        result = {r.choice(("temperature", "temperature", "temp", "degrees")): degrees,
                  r.choice(("condition", "conditions", "weather", "sky")): condition}
        if scale:
            result["unit"] = scale
        if r.random() < 0.5:
            result = {r.choice(("city", place)): city, **result}
        if r.random() < 0.35:
            named = f" {scale}" if scale else ""
            text = w.vary(f"{{{degrees} degrees{named} and {condition}|{condition}, {degrees} degrees{named}|"
                          f"It is {condition} and {degrees} degrees{named}{{| in {city}}}.}}")
        else:
            text = encoded(r, result)
        return text, (f"It is {degrees} degrees{' ' + scale.title() if scale else ''} and {condition} in {city}.")

    results, answers = zip(*map(result_of, cities))
    more = []
    if r.random() < 0.25:
        city = w.city()
        result, answer = result_of(city)
        more = [{"role": "user", "content": w.vary(f"{{And|And in|What about|How about|And what about}} {city}{{?|}}")},
                {"role": "assistant", "tool_calls": [call(city)]}, {"role": "tool", "content": result},
                {"role": "assistant", "content": answer}]
    return conversation(w, "weather", [function], question + extra, [call(city) for city in cities], list(results),
                        " ".join(answers), more=more)


def calculation_question(w: World) -> tuple[str, str]:
    """A question, and what to calculate."""
    r = w.r
    a, b, c = w.number(4), w.number(3), w.number(2)
    sign, said = r.choice((("+", "plus"), ("-", "minus"), ("*", "times"), ("/", "divided by"),
                           ("*", "multiplied by")))
    expression, spoken = f"{a} {sign} {b}", f"{a} {said} {b}"
    if r.random() < 0.25:
        other = r.choice("+-*")
        expression = r.choice((f"({a} {sign} {b}) {other} {c}", f"{a} {sign} {b} {other} {c}",
                               f"{c} {other} ({a} {sign} {b})"))
        spoken = expression
    elif r.random() < 0.4:
        spoken = expression if r.random() < 0.6 else expression.replace(" ", "")
    return w.vary(f"{{What is {spoken}|How much is {spoken}|Calculate {spoken}|Compute {spoken}|{spoken}|"
                      f"What's {spoken}|Please calculate {spoken}|Can you work out {spoken}|"
                      f"What is the result of {spoken}}}{{?|}}"), expression


def calculation(w: World) -> dict:
    r = w.r
    question, expression = calculation_question(w)
    name = r.choice(("expression", "expression", "formula", "input"))
    function = tool(r.choice(CALCULATOR), w.vary("{Evaluates an arithmetic expression.|Calculates an expression|"
                                                 "A calculator|Does arithmetic|}"), {name: string()}, [name])
    result = w.number(5) if r.random() < 0.8 else round(r.uniform(0, 999), r.randint(1, 3))
    text = r.choice((str(result), encoded(r, {"result": result}), encoded(r, {"value": result})))
    return conversation(w, "calculator", [function], question,
                        [{"name": function["name"], "arguments": {name: expression}}], [text],
                        f"{expression} is {result}.")


def sum_of_two(w: World) -> dict:
    r, a, b = w.r, w.number(3), w.number(3)
    name, said, sign = r.choice((("add", "plus", "+"), ("multiply", "times", "*"), ("subtract", "minus", "-"),
                                 ("divide", "divided by", "/")))
    others = [n for n in ("add", "multiply", "subtract", "divide") if n != name]
    x, y = r.choice((("a", "b"), ("a", "b"), ("x", "y"), ("left", "right"), ("first", "second")))
    kind = {"type": r.choice(("number", "integer"))}
    functions = [tool(n, f"{n.title()}s two numbers." if r.random() < 0.5 else "", {x: kind, y: kind}, [x, y])
                 for n in [name, *r.sample(others, r.randint(0, 2))]]
    result = w.number(5)
    return conversation(w, "calculator", functions,
                        w.vary(f"{{What is|How much is|Calculate|}} {a} {{{said}|{sign}}} {b}{{?|}}").strip(),
                        [{"name": name, "arguments": {x: a, y: b}}],
                        [r.choice((str(result), encoded(r, {"result": result})))], f"The result is {result}.")


def time(w: World) -> dict:
    r, name = w.r, w.r.choice(TIME)
    clock = f"{r.randint(0, 23):02}:{r.randint(0, 59):02}"
    result = r.choice((clock, encoded(r, {"time": clock})))
    if r.random() < 0.4:
        return conversation(w, "time", [tool(name, "The current time.", {}, [])],
                            w.vary("{What time is it|What is the time|Tell me the time|What time is it now}{?|}"),
                            [{"name": name, "arguments": {}}], [result], f"It is {clock}.")
    place, city = r.choice((*CITY_KEYS, "timezone")), w.city()
    return conversation(w, "time", [tool(name, "The time in a city.", {place: string()}, [place])],
                        w.vary(f"{{What time is it in|What is the time in|Tell me the time in|time in}} {city}{{?|}}"),
                        [{"name": name, "arguments": {place: city}}], [result], f"It is {clock} in {city}.")


def lookup(w: World) -> dict:
    r = w.r
    if r.random() < 0.5:
        name, field, query = r.choice(SEARCH), r.choice(("query", "query", "q", "text")), w.phrase()
        found = w.phrase()
        return conversation(
            w, "search", [tool(name, "Searches for something.", {field: string()}, [field])],
            w.vary(f"{{Search for|Look up|Find|Please search for|Search the web for|Google}} {query}{{.|}}"),
            [{"name": name, "arguments": {field: query}}], [encoded(r, {"result": found})],
            f"The result is {found}.")
    name, field, who, age = r.choice(PERSON), r.choice(("name", "name", "person", "user")), w.name(), r.randint(1, 99)
    return conversation(
        w, "search", [tool(name, "Finds the age of a person.", {field: string()}, [field])],
        w.vary(f"{{How old is {who}|What is the age of {who}|Tell me the age of {who}|What is {who}'s age}}{{?|}}"),
        [{"name": name, "arguments": {field: who}}],
        [r.choice((str(age), encoded(r, {"age": age}), encoded(r, {"name": who, "age": age})))],
        f"{who} is {age} years old.")


def record(w: World) -> dict:
    """A tool that takes down what a sentence says."""
    r, name, age, city = w.r, w.name(), w.r.randint(1, 99), w.city()
    said = {"name": name, "age": age, "city": city}
    keys = [k for k in said if r.random() < 0.75] or ["name"]
    function = tool(r.choice(("Person", "person", "extract", "extract_person", "save_person", "add_user", tool_name(w))),
                    w.vary("{A person.|Stores a person.|Extracts a person|}"),
                    {k: {"type": "integer" if k == "age" else "string"} for k in keys}, keys)
    return conversation(w, "record", [function], w.vary(
        f"{{|Extract the person: |Save this: |Extract: }}{{{name} is {age} years old and lives in {city}|"
        f"{name} from {city} is {age}|I am {name}, {age} years old, from {city}}}."),
        [{"name": function["name"], "arguments": {k: said[k] for k in keys}}],
        [r.choice(("ok", "saved", "done"))], "Done.", extra=False)


def known_tool(w: World) -> dict:
    return w.r.choices((weather, calculation, sum_of_two, time, lookup, record), (44, 22, 8, 8, 10, 8))[0](w)


def invented_tool(w: World) -> dict:
    r, functions = w.r, [drawn_tool(w) for _ in range(w.r.choices((1, 2, 3), (40, 40, 20))[0])]
    calls, parts = [], []
    for _ in range(2 if r.random() < 0.1 else 1):
        function = r.choice(functions)
        parameters = function["parameters"]
        arguments = {k: value(w, schema) for k, schema in parameters["properties"].items()
                     if k in parameters["required"] or r.random() < 0.5}
        quote = "\"" if r.random() < 0.3 else ""
        said = [w.vary(f"{k}{{ | = | is |: |=}}") + (f"{quote}{v}{quote}" if isinstance(v, str) else dumps(v))
                for k, v in arguments.items()]
        order = r.sample(said, len(said)) if r.random() < 0.2 else said
        spoken = function["name"] if r.random() < 0.7 else " ".join(function["name"].replace("-", "_").split("_"))
        parts.append(spoken + (w.vary("{ with | with | for | using |: }") + w.vary("{, | and }").join(order)
                               if order else ""))
        calls.append({"name": function["name"], "arguments": arguments})
    result = w.phrase() if r.random() < 0.5 else w.number(4)
    text = str(result) if r.random() < 0.5 else encoded(r, {r.choice(("result", "status", key(w))): result})
    return conversation(w, "invented", functions,
                        w.vary("{Call|Use|Run|Please|Please call|Can you use|I want to|}").strip() + " "
                        + " and then ".join(parts) + w.vary("{.|}"), calls,
                        [text] * len(calls), f"The result is {result}.", extra=False)


def conversation(w: World, kind: str, functions: list[dict], question: str, calls: list[dict],
                 results: list[str], answer: str, extra: bool = True, more: list[dict] | None = None) -> dict:
    """Question, calls, results and answer, with other tools beside the one that is wanted."""
    r = w.r
    if extra and r.random() < 0.45:
        functions = functions + [drawn_tool(w) if r.random() < 0.5 else other(w, functions)
                                 for _ in range(r.randint(1, 2))]
        r.shuffle(functions)
    system = r.choice(("", "", "You are a helpful assistant.", "You are a helpful assistant.",
                       "Use the tools if they help."))
    messages = [{"role": "system", "content": system}] if system else []
    if r.random() < 0.12:
        messages += [{"role": "user", "content": w.vary("{Hello|Hi|Hey}{!|.|}")},
                     {"role": "assistant", "content": "Hello! How can I help you?"}]
    messages += [{"role": "user", "content": question.strip()},
                 {"role": "assistant", "tool_calls": calls},
                 *({"role": "tool", "content": text} for text in results),
                 {"role": "assistant", "content": answer}, *(more or [])]
    if r.random() < 0.15:
        messages += [{"role": "user", "content": w.vary("{Thanks|Thank you|Great, thanks}{!|.|}")},
                     {"role": "assistant", "content": "You are welcome!"}]
    return {"kind": kind, "messages": messages, "tools": functions}


def other(w: World, beside: list[dict]) -> dict:
    """A usual tool whose name is not taken."""
    taken = {function["name"] for function in beside}
    usual = [weather_tool(w)[0], tool("calculator", "Calculates an expression", {"expression": string()},
                                      ["expression"]),
             tool("send_email", "Sends an email.", {"to": string(), "subject": string(), "body": string()},
                  ["to", "body"]), tool("search", "Searches the web.", {"query": string()}, ["query"])]
    about_weather = taken & set(WEATHER)
    about_numbers = taken & {*CALCULATOR, "add", "multiply", "subtract", "divide"}
    about_text = taken & {*SEARCH, *PERSON}
    free = [f for f, skip in zip(usual, (about_weather, about_numbers, False, about_text)) if not skip]
    return w.r.choice(free)


def no_call(w: World) -> dict:
    """Tools that do not help: a plain answer, a question, or that there is none for the task."""
    r, draw = w.r, w.r.random()
    function = weather_tool(w)[0]
    calculator = tool("calculator", "Calculates an expression", {"expression": string()}, ["expression"])
    functions = [r.choice((function, drawn_tool(w))) for _ in range(r.randint(1, 2))]
    if draw < 0.15:
        functions, turns = [calculator], [(weather_question(w, w.city(), "it"), NO_TOOL)]
    elif draw < 0.3:
        functions, turns = [function], [(calculation_question(w)[0], NO_TOOL)]
    elif draw < 0.4:
        functions, turns = [function], [(w.vary("{What is the weather|How is the weather|Tell me the weather|"
                                                "What's the weather like}{?||.}"), "In which city?")]
    else:
        turns = [r.choice((talk, fact, fact, unknown))(w) for _ in range(r.randint(1, 2))]
        turns = [turn for turn in turns if "I have no tool" not in turn[1]] or [fact(w)]
    return {**plain("no call", r.choice(("", "You are a helpful assistant.")), turns), "tools": functions}
