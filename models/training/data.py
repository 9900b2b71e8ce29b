"""SST-2 in its GLUE form: `<data>/glue/{train,dev,test}.tsv`, a header, then text<TAB>0|1."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from tokenizer import CLS, PAD, SEP

REPOSITORY = Path(__file__).resolve().parents[2]
DEFAULT_DATA = REPOSITORY / "../shared/data/sst2"
DEFAULT_MODEL = REPOSITORY / "models/sentiment/1"
LABELS = ("negative", "positive")


class Example(NamedTuple):
    text: str
    label: int


def read(data: Path, split: str) -> list[Example]:
    lines = (data / "glue" / f"{split}.tsv").read_text(encoding="utf-8").split("\n")[1:]
    rows = (line.rstrip("\r").rsplit("\t", 1) for line in lines if line)
    return [Example(text.strip(), int(label)) for text, label in rows]


def read_train(data: Path) -> list[Example]:
    """The training phrases, less those that equal a dev or test sentence letter for letter."""
    def letters(text: str) -> str:
        return re.sub("[^a-z]", "", text.lower())

    held_out = {letters(e.text) for split in ("dev", "test") for e in read(data, split)}
    return [e for e in read(data, "train") if letters(e.text) not in held_out]


def natural(text: str) -> str:
    """Undo the Treebank spelling: "do n't" → "don't", `` and '' → a quotation mark."""
    return text.replace(" n't", "n't").replace("``", '"').replace("''", '"')


def pad(sequences: list[list[int]]) -> tuple[Tensor, Tensor]:
    """Ids without special tokens → (input_ids, attention_mask), padded on the right."""
    rows = [[CLS, *ids, SEP] for ids in sequences]
    length = max(map(len, rows))
    ids = torch.tensor([row + [PAD] * (length - len(row)) for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (length - len(row)) for row in rows])
    return ids, mask
