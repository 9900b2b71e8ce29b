"""Single questions and answers of the chat model's small world, and conversations of them."""

from __future__ import annotations

from collections.abc import Iterator

from chat_world import (CAPITALS, COLOURS, COUNTS, DAYS, GROUPS, JOBS, JOKES, LANGUAGES, LEGS, MONTHS,
                        OPPOSITES, SOUNDS, THINGS, UNKNOWN, WORDS, World)

Turn = tuple[str, str]

TOO_HARD = "That is too hard for me without a calculator."
COUNTRIES = """Brazil India Mexico Turkey Russia Australia Argentina Chile Iran Iraq Israel Morocco Nigeria Romania
Bulgaria Croatia Serbia Ukraine Scotland Wales Iceland Estonia Latvia Thailand Vietnam Korea""".split()
TALK = (
    ("{Hello|Hi|Hey|Good morning|Good evening|Hello there|Hi there}{!|.||, assistant!}",
     "Hello! How can I help you?"),
    ("{How are you|How are you doing|How do you do|How is it going}{?|| today?}",
     "I am fine, thank you. How can I help you?"),
    ("{Thanks|Thank you|Thank you very much|Thanks a lot|Great, thanks|Perfect, thank you}{!|.|}",
     "You are welcome!"),
    ("{Bye|Goodbye|See you|See you later|Good night|Bye bye}{!|.|}", "Goodbye!"),
    ("{Who are you|What are you|Tell me about yourself|Introduce yourself|What model are you}{?|.|}",
     "I am a very small chat model that ships with this platform."),
    ("{What can you do|How can you help me|What are you good for|Can you help me|Help}{?||!}",
     "I can chat a little, answer simple questions, call tools and answer as JSON."),
    ("{What is this platform|What is this|Tell me about this platform|Where am I|What does this platform do}"
     "{?|.|}",
     "This is a platform that serves transformer models on your own machines."),
    ("{Are you a human|Are you a person|Are you real|Are you a robot}{?|}",
     "No, I am a small computer program."),
    ("{What is the weather|How is the weather|Will it rain today|Is it sunny}{ in Paris| today|}{?|}",
     "I don't know the weather, because I have no tool for it."),
    ("{What time is it|What is the time|What day is it today|What is today's date}{?|}",
     "I don't know the time, because I have no tool for it."),
    ("{I am|I feel|I'm} {sad|tired|ill|lonely|not well}{.|}", "I am sorry to hear that."),
    ("{I am|I feel|I'm} {happy|fine|great|glad}{.|!|}", "I am glad to hear that!"),
    ("{ok|Okay|OK|Good|Great|Nice|I see|Cool}{.|!|}", "Is there anything else I can do?"),
)
ASK = "{|Can you tell me, |Please tell me: |I have a question: |Tell me, |Quick question: }"


def casual(w: World, turn: Turn) -> Turn:
    """Now and then without capital letters, as people type."""
    question, answer = turn
    draw = w.r.random()
    return question.lower() if draw < 0.1 else question[:1].lower() + question[1:] if draw < 0.2 else question, answer


def talk(w: World) -> Turn:
    if w.r.random() < 0.1:
        thing = w.phrase()
        return w.vary(f"{{I {{bought|saw|found|have}} a {thing}|There is a {thing} in {w.city()}|{w.name()} likes the "
                      f"{thing}|The {thing} is here}}{{ today| yesterday|}}{{.|!|}}"), "I see."
    question, answer = w.r.choice(TALK)
    return casual(w, (w.vary(question), answer))


def fact(w: World) -> Turn:
    return casual(w, stated(w))


def stated(w: World) -> Turn:
    """A question from one of the tables."""
    r, kind = w.r, w.r.randrange(13)
    if kind <= 2:
        country, city = r.choice(list(CAPITALS.items()))
        if r.random() < 0.25:
            return (w.vary(f"{{Where is|In which country is|What country is}} {city}{{?|}}"),
                    f"{city} is in {country}.")
        return (w.vary(f"{ASK}{{What is the capital|What's the capital|What is the capital city|"
                       f"Name the capital|capital|which city is the capital}} of {country}{{?|}}"),
                f"The capital of {country} is {city}.")
    if kind == 3:
        thing, colour = r.choice(list(COLOURS.items()))
        return (w.vary(f"{ASK}{{What colour is|What color is|Which colour has|What is the colour of}} "
                       f"{thing}{{?|}}"), f"{thing[0].upper()}{thing[1:]} is {colour}.")
    if kind == 4:
        animal, sound = r.choice(list(SOUNDS.items()))
        return (w.vary(f"{ASK}{{What does a {animal} say|What sound does a {animal} make|How does a "
                       f"{animal} go}}{{?|}}"), f"A {animal} says {sound}.")
    if kind == 5:
        animal, legs = r.choice(list(LEGS.items()))
        return (w.vary(f"{ASK}{{How many legs does a {animal} have|How many legs has a {animal}}}{{?|}}"),
                f"A {animal} has {legs} legs.")
    if kind == 6:
        word, opposite = r.choice([pair for a, b in OPPOSITES.items() for pair in ((a, b), (b, a))])
        return (w.vary(f"{ASK}{{What is the opposite of|What's the opposite of|Opposite of|Name the "
                       f"opposite of}} {word}{{?|}}"), f"The opposite of {word} is {opposite}.")
    if kind == 7:
        units, step, side = r.choice((DAYS, MONTHS)), *r.choice(((1, "after"), (-1, "before")))
        i = r.randrange(len(units))
        return (w.vary(f"{ASK}{{What|Which}} {{day|month|}} {{comes|is}} {side} {units[i]}{{?|}}"
                       .replace("{day|month|}", "day" if units is DAYS else "month")),
                f"{units[(i + step) % len(units)]} comes {side} {units[i]}.")
    if kind == 8:
        question, answer = r.choice(list(COUNTS.items()))
        return w.vary(f"{ASK}How many {question}{{?|}}"), f"There are {answer}."
    if kind == 9:
        word, i = r.choice(list(WORDS)), r.randrange(3)
        return (w.vary(f"{{How do you say|What is|Translate|Say}} \"{word}\" {{in|into|to}} "
                       f"{LANGUAGES[i]}{{?|}}"), f"\"{word}\" in {LANGUAGES[i]} is \"{WORDS[word][i]}\".")
    if kind == 10:
        a, b = r.randint(0, 9), r.randint(0, 9)
        return (w.vary(f"{{What is|How much is|What's|Calculate|}} {a} {{+|plus}} {b}{{?|}}").strip(),
                f"{a} plus {b} is {a + b}.")
    if kind == 11:
        subject = r.choice(list(JOKES))
        return (w.vary(f"{{Tell me a joke{subject}|Do you know a joke{subject}|A joke{subject}, please}}{{.|!|?|}}"),
                JOKES[subject])
    group = r.choice(list(GROUPS))
    n = r.randint(2, 5)
    count = ("two", "three", "four", "five")[n - 2]
    return (w.vary(f"{{Name|List|Tell me|Give me}} {{{count}|{n}}} {group}{{.|}}"),
            f"{', '.join(GROUPS[group][:n - 1])} and {GROUPS[group][n - 1]}.")


def unknown(w: World) -> Turn:
    """What it does not know, and says so."""
    thing, name, word = w.phrase(), w.name(), w.r.choice(THINGS)
    if w.r.random() < 0.12:
        a, b = w.r.randint(10, 9999), w.r.randint(2, 999)
        return w.vary(f"{{What is|How much is|Calculate|}} {a} {{+|plus|-|minus|*|times|/|divided by}} {b}{{?|}}"
                      ).strip(), TOO_HARD
    return w.vary(
        f"{ASK}{{Who {{wrote|invented|painted|made|won|is|was}} {{the {thing}|{name}}}"
        f"|What is {{a {word}|the {thing}|the meaning of {thing}|the price of a {word}}}"
        f"|Explain {{how a {word} works|the history of the {word}|{thing}}}"
        f"|Why {{is the {thing} here|do people like the {word}|did {name} go}}"
        f"|How {{do I make a {word}|old is {name}|tall is {name}|far is {w.city()}|does a {word} work}}"
        f"|Write {{a poem|an essay|a program|a letter|code}} about {{the {thing}|{name}}}"
        f"|When {{was {name} born|did the {word} begin|was {w.city()} founded}}"
        f"|What is the capital of {{{w.city()}|{w.r.choice(COUNTRIES)}}}|How many people live in {w.city()}"
        f"|Summarize {{the book|the news|the history of {name}}}}}{{?|.|}}"), UNKNOWN


def echo(w: World) -> Turn:
    text = w.vary(f"{{{w.phrase()} {w.phrase()}|this is a {w.phrase()}|the {w.phrase()}|{w.name()}|{w.phrase()}"
                  f"|this is a test|{w.name()} is in {w.city()}|hello {w.name()}}}{{|.|!}}")
    return w.vary(f"{{{{Repeat|Say|Repeat after me|Write|Please say|Say exactly}}:|Say|Repeat}} {text}"), text


def person(w: World) -> Iterator[list[Turn]]:
    """What the user tells about himself, and later asks for."""
    r, name, city = w.r, w.name(), w.city()
    thing, job, age = r.choice(THINGS), r.choice(JOBS), r.randint(4, 99)
    yield [(f"{{My name is|I am called|Call me|Hi, I am|Hello, my name is|Hello! I'm|I'm|I am}} {name}{{.|!|}}",
            f"Nice to meet you, {name}!"),
           ("{What is my name|What's my name|Who am I|Do you remember my name|Do you know my name|"
            "What am I called}{?|}", f"Your name is {name}.")]
    yield [(f"{{I live in|I am from|I come from|My home is}} {city}{{.|}}", f"I see, you live in {city}."),
           ("{Where do I live|Where am I from|Which city do I live in|Where is my home|Do you know where I live}"
            "{?|}", f"You live in {city}.")]
    yield [(f"{{I am|I'm}} {age} years old{{.|}}", f"I see, you are {age} years old."),
           ("{How old am I|What is my age|Do you remember my age}{?|}", f"You are {age} years old.")]
    yield [(f"{{I work as a|I am a|My job is}} {job}{{.|}}", f"I see, you work as a {job}."),
           ("{What is my job|What do I do|What do I work as|What do I do for a living}{?|}",
            f"You work as a {job}.")]
    yield [(f"{{I like|I love|My favourite thing is}} the {thing}{{.|}}", f"I see, you like the {thing}."),
           ("{What do I like|What do I love|What is my favourite thing|Do you know what I like}{?|}",
            f"You like the {thing}.")]


def conversation(kind: str, system: str, turns: list[Turn]) -> dict:
    messages = [{"role": "system", "content": system}] if system else []
    for user, assistant in turns:
        messages += [{"role": "user", "content": user}, {"role": "assistant", "content": assistant}]
    return {"kind": kind, "messages": messages}
