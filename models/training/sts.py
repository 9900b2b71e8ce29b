"""STS-B (GLUE's split of it), the unlabelled text, and Spearman's correlation."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import NamedTuple

import numpy as np

from data import REPOSITORY

DEFAULT_DATA = REPOSITORY / "../shared/data"
DEFAULT_MODEL = REPOSITORY / "models/embedding/1"


class Pair(NamedTuple):
    first: str
    second: str
    score: float  # 0 unrelated – 5 the same


def read_pairs(data: Path, split: str) -> list[Pair]:
    """`<data>/stsb/stsb_<split>.tsv`; the last three columns are the sentences and their score."""
    lines = (data / f"stsb/stsb_{split}.tsv").read_text(encoding="utf-8").split("\n")[1:]
    rows = (line.rstrip("\r").split("\t")[-3:] for line in lines if line)
    return [Pair(first, second, float(score)) for first, second, score in rows]


def read_train(data: Path) -> list[Pair]:
    """The training pairs, less those that are in dev too, in either order (11 lines)."""
    held_out = {frozenset(pair[:2]) for pair in read_pairs(data, "dev")}
    return [p for p in read_pairs(data, "train") if frozenset(p[:2]) not in held_out]


def read_unlabelled(data: Path) -> dict[str, list[str]]:
    """Sentences by source. Labels are cut off, and STS-B dev is not among them."""
    def labelled(path: str, skip: int = 0) -> list[str]:
        lines = (data / path).read_text(encoding="utf-8").split("\n")[skip:]
        return [line.rsplit("\t", 1)[0] for line in lines if line]

    def prose(path: str, wrapped: bool = False) -> list[str]:
        text = (data / path).read_text(encoding="utf-8").replace("<|endoftext|>", "")
        text = re.sub(r"(?<!\n)\n(?!\n)", " ", text) if wrapped else text
        return [s.strip() for s in re.split(r"(?<=[.!?])[\"']?\s+|\n+", text) if s.strip()]

    reviews = [f"uci-sentences/{site}_labelled.txt" for site in ("amazon_cells", "imdb", "yelp")]
    return {
        "stsb": [text for pair in read_train(data) for text in pair[:2]],
        "sst2": [phrase for phrase in labelled("sst2/glue/train.tsv", 1)
                 if len(phrase.split()) > 10] + labelled("sst2/sentences/train.tsv"),
        "reviews": [text for path in reviews for text in labelled(path)],
        "tinystories": prose("corpus/tinystories_clean.txt"),
        "grimm": prose("corpus/grimms_fairy_tales.txt", wrapped=True),
        "shakespeare": prose("corpus/tinyshakespeare.txt"),
    }


def folds(pairs: list[Pair], count: int) -> list[int]:
    """A fold for each pair; pairs that share a sentence, directly or in a chain, share a fold."""
    parent = list(range(len(pairs)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    owner: dict[str, int] = {}
    for i, pair in enumerate(pairs):
        for text in pair[:2]:
            parent[root(i)] = root(owner.setdefault(text, i))
    draw = random.Random(1)
    fold = {r: draw.randrange(count) for r in sorted({root(i) for i in range(len(pairs))})}
    return [fold[root(i)] for i in range(len(pairs))]


def spearman(a: np.ndarray, b: np.ndarray) -> float:
    """Pearson's correlation of the ranks; equal values share the mean of their ranks."""
    def ranks(x: np.ndarray) -> np.ndarray:
        _, place, counts = np.unique(x, return_inverse=True, return_counts=True)
        last = np.cumsum(counts)
        return (last - (counts - 1) / 2)[place]

    return float(np.corrcoef(ranks(a), ranks(b))[0, 1])
