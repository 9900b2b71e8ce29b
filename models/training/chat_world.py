"""The small world that the chat model knows: names to talk about, and facts with their answers."""

from __future__ import annotations

import random
import re

NAMES = """Anna Ben Clara David Emma Felix Greta Henry Ida Jack Karin Leo Maria Nina Oscar Paula Quentin
Rosa Simon Tina Ulrich Vera Walter Xenia Yusuf Zoe Alice Bob Carol Dan Eve Frank Grace Hugo Irene Jonas
Kate Lars Mona Noah Olga Peter Rita Sara Tom Ursula Victor Wendy Yara Ada Alan Amir Anton Bella Boris
Carla Carlos Chen Chloe Daisy Diana Diego Dora Edgar Elena Elias Ella Emil Erik Fatima Finn Flora Gina
Hana Hans Helen Ingrid Ivan James Jane Jasmine John Julia Kai Karl Kira Laura Lena Liam Lily Linda Luca
Lucy Luis Mark Marta Martin Max Mia Mina Nadia Nora Omar Otto Pablo Petra Philip Priya Ravi Robert Robin
Ruth Sam Sofia Stella Sven Thomas Timo Uma Viola William Yuki""".split()
CITIES = """Paris London Berlin Rome Madrid Lisbon Vienna Prague Warsaw Oslo Stockholm Helsinki Copenhagen
Dublin Athens Brussels Amsterdam Budapest Zurich Bern Geneva Munich Hamburg Cologne Milan Naples Turin
Venice Florence Barcelona Seville Valencia Porto Lyon Nice Marseille Lille Edinburgh Glasgow Manchester
Bristol Boston Chicago Denver Seattle Dallas Houston Miami Atlanta Portland Toronto Montreal Vancouver
Ottawa Tokyo Kyoto Osaka Seoul Beijing Shanghai Delhi Mumbai Bangkok Hanoi Manila Jakarta Sydney Perth
Melbourne Auckland Cairo Nairobi Lagos Tunis Accra Dakar Lima Quito Bogota Santiago Havana Caracas
Istanbul Ankara Tehran Baghdad Dubai Doha Riyadh Moscow Kiev Riga Vilnius Tallinn Sofia Bucharest
Belgrade Zagreb Sarajevo Leipzig Dresden Graz Basel Utrecht Ghent Bergen Turku Malmo Krakow
New_York San_Francisco Los_Angeles Mexico_City Cape_Town Hong_Kong Buenos_Aires""".split()
CITIES = [city.replace("_", " ") for city in CITIES]
CAPITALS = {
    "France": "Paris", "Germany": "Berlin", "Italy": "Rome", "Spain": "Madrid", "Portugal": "Lisbon",
    "Austria": "Vienna", "Poland": "Warsaw", "Norway": "Oslo", "Sweden": "Stockholm",
    "Finland": "Helsinki", "Denmark": "Copenhagen", "Ireland": "Dublin", "Greece": "Athens",
    "Belgium": "Brussels", "Hungary": "Budapest", "Switzerland": "Bern", "Japan": "Tokyo",
    "China": "Beijing", "Egypt": "Cairo", "Canada": "Ottawa", "Peru": "Lima", "Cuba": "Havana",
    "England": "London", "Kenya": "Nairobi"}
COLOURS = {
    "the sky": "blue", "grass": "green", "snow": "white", "the sun": "yellow", "coal": "black",
    "a banana": "yellow", "a tomato": "red", "a carrot": "orange", "blood": "red", "milk": "white",
    "a frog": "green", "a lemon": "yellow", "a strawberry": "red", "the sea": "blue",
    "chocolate": "brown", "an elephant": "grey"}
SOUNDS = {"cat": "meow", "dog": "woof", "cow": "moo", "duck": "quack", "sheep": "baa", "horse": "neigh",
          "pig": "oink", "lion": "roar", "bee": "buzz", "frog": "ribbit"}
LEGS = {"cat": "four", "dog": "four", "cow": "four", "horse": "four", "bird": "two", "spider": "eight",
        "bee": "six", "snake": "no", "fish": "no", "duck": "two", "frog": "four"}
OPPOSITES = {"hot": "cold", "big": "small", "fast": "slow", "day": "night", "happy": "sad", "old": "new",
             "open": "closed", "up": "down", "light": "dark", "hard": "soft", "left": "right"}
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = ("January February March April May June July August September October November "
          "December").split()
COUNTS = {"days are in a week": "seven days in a week", "months are in a year": "twelve months in a year",
          "hours are in a day": "24 hours in a day", "minutes are in an hour": "60 minutes in an hour",
          "seconds are in a minute": "60 seconds in a minute", "days are in a year": "365 days in a year"}
WORDS = {"hello": ("bonjour", "hallo", "hola"), "thank you": ("merci", "danke", "gracias"),
         "yes": ("oui", "ja", "sí"), "no": ("non", "nein", "no"), "cat": ("chat", "Katze", "gato"),
         "dog": ("chien", "Hund", "perro"), "water": ("eau", "Wasser", "agua"),
         "house": ("maison", "Haus", "casa"), "bread": ("pain", "Brot", "pan"),
         "good": ("bon", "gut", "bueno")}
LANGUAGES = "French", "German", "Spanish"
GROUPS = {"animals": "cat dog horse cow sheep".split(), "colours": "red green blue yellow white".split(),
          "fruits": "apple banana lemon cherry pear".split(), "cities": "Paris London Rome Oslo Berlin".split(),
          "numbers": "one two three four five".split()}
THINGS = """apple ball bag bike boat book bottle box bread bus cake camera car chair clock coat coffee cup desk
door dress drum engine fish flower fork garden glass guitar hammer hat house island jacket key kite knife
ladder lamp letter map mirror moon mountain museum needle notebook orange paper pen piano picture pillow
plate pocket pot radio ring river road robot rope shirt shoe soap sock spoon star stone table tea tent
ticket towel train tree umbrella violin wall watch wheel window""".split()
ADJECTIVES = """big blue bright brown cheap clean cold dark dry empty fast fresh golden green happy heavy hot
light little loud new old quiet red round sharp short silver slow small soft strong tall warm wet white
wild yellow young""".split()
JOBS = """teacher doctor baker driver nurse farmer painter pilot lawyer engineer writer cook gardener
singer plumber chemist clerk designer sailor tailor""".split()
JOKES = {"": "Why did the computer go to the doctor? It had a virus.",
         " about computers": "Why did the computer go to the doctor? It had a virus.",
         " about animals": "What do you call a sleeping bull? A bulldozer.",
         " about bees": "Why do bees hum? They forgot the words."}
UNKNOWN = "I don't know that. I am a very small model and know only a few simple things."

ONSETS = "b c d f g h j k l m n p r s t v w z br ch cl dr fl gr kr pl pr sh sk sl sm sn st th tr".split()
NUCLEI = "a e i o u a e i o ai ea ee ie oa ou".split()
CODAS = "b d g k l m n p r s t x nd ng nt rk rt st".split() + [""] * 12


def vary(r: random.Random, text: str) -> str:
    """Choose among the alternatives of each `{a|b|c}`, innermost first."""
    while found := re.search(r"\{([^{}]*)\}", text):
        text = text[:found.start()] + r.choice(found[1].split("|")) + text[found.end():]
    return text


def invented(r: random.Random, syllables: tuple[int, int] = (1, 3)) -> str:
    """A word that nobody has seen."""
    return "".join(r.choice(ONSETS) + r.choice(NUCLEI) + r.choice(CODAS)
                   for _ in range(r.randint(*syllables)))


class World:
    """Where conversations take their names from. Every twelfth name and city is never seen in
    training: `held_out` draws from those alone."""

    def __init__(self, r: random.Random, held_out: bool):
        def part(words: list[str]) -> list[str]:
            return [w for i, w in enumerate(words) if (i % 12 == 5) == held_out]
        self.r, self._names, self._cities = r, part(NAMES), part(CITIES)

    def vary(self, text: str) -> str:
        return vary(self.r, text)

    def name(self) -> str:
        return self.r.choice(self._names) if self.r.random() < 0.6 else invented(self.r).title()

    def city(self) -> str:
        return self.r.choice(self._cities) if self.r.random() < 0.6 else invented(self.r).title()

    def number(self, digits: int = 3) -> int:
        return self.r.randint(0, 10 ** self.r.randint(1, digits) - 1)

    def phrase(self) -> str:
        """One to three words, some invented."""
        words = [self.r.choice(ADJECTIVES), self.r.choice(THINGS)]
        if self.r.random() < 0.4:
            words.insert(1, invented(self.r))
        return " ".join(words[-self.r.randint(1, len(words)):])
