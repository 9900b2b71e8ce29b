"""Reading TinyStories: stories between lines `<|endoftext|>`, a fixed part of them held out."""

from __future__ import annotations

import random
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
DEFAULT_DATA = REPOSITORY / "../shared/data/corpus/tinystories_clean.txt"
DEFAULT_MODEL = REPOSITORY / "models/stories/1"
HELD_OUT = 25  # one story in this many
OVERLAP = 100  # letters in common, in one piece, that make two stories the same


def read(path: Path) -> tuple[list[str], list[str]]:
    """(stories to train on, stories held out). Of the first, those that share a passage with one
    of the second are left out: the corpus holds some stories twice, whole or in part."""
    stories = path.read_text(encoding="utf-8").split("\n<|endoftext|>\n")
    stories = [story for story in stories if story.strip()]
    random.Random(0).shuffle(stories)
    count = len(stories) // HELD_OUT
    held_out, train = stories[:count], stories[count:]
    known = {passage for story in held_out for passage in passages(story, 1)}
    return [s for s in train if known.isdisjoint(passages(s, OVERLAP // 2))], held_out


def passages(story: str, step: int) -> set[str]:
    """Runs of OVERLAP / 2 letters: two texts with OVERLAP letters in common share one of them,
    if the one is read at every place and the other at every OVERLAP / 2."""
    letters = "".join(filter(str.isalpha, story.lower()))
    length = OVERLAP // 2
    return {letters[i:i + length] for i in range(0, len(letters) - length + 1, step)}
