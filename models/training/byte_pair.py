"""Byte-level BPE as GPT-2 has it: learning merges, encoding, and writing the Hugging Face files.

`encode` follows the pipeline that `save` describes in tokenizer.json (ByteLevel, BPE, a leading
end-of-text token), so that any runtime reading that file produces the same ids.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections import Counter
from itertools import islice
from operator import add
from pathlib import Path

from pairs import Pair, merge, merged_pairs

END_OF_TEXT, END = "<|endoftext|>", 0


def _category(initial: str) -> str:
    """A character class, without brackets, of the Unicode categories beginning with `initial`."""
    members = [c for c in range(sys.maxunicode + 1) if unicodedata.category(chr(c))[0] == initial]
    starts = [c for c, before in zip(members, [-2, *members]) if c != before + 1]
    ends = [c for c, after in zip(members, [*members[1:], -2]) if c + 1 != after]
    return "".join(f"\\U{a:08x}-\\U{b:08x}" for a, b in zip(starts, ends))


_L, _N = _category("L"), _category("N")
_WORD = re.compile(f"'s|'t|'re|'ve|'m|'ll|'d| ?[{_L}]+| ?[{_N}]+| ?[^\\s{_L}{_N}]+"
                   r"|\s+(?!\S)|\s+")


def _alphabet() -> list[str]:
    """GPT-2's printable character for each byte."""
    printable = {*range(33, 127), *range(161, 173), *range(174, 256)}
    moved = iter(range(256, 512))
    return [chr(b) if b in printable else chr(next(moved)) for b in range(256)]


CHARACTERS = _alphabet()
BYTES = {c: b for b, c in enumerate(CHARACTERS)}


class BytePairs:
    words, added = _WORD, (END_OF_TEXT,)  # how text is split before merging; tokens that stand apart

    def __init__(self, merges: list[Pair]):
        self.merges = merges
        self.ranks = {pair: rank for rank, pair in enumerate(merges)}
        self.vocabulary = [*self.added, *sorted(CHARACTERS), *(a + b for a, b in merges)]
        self.ids = {token: i for i, token in enumerate(self.vocabulary)}
        self._cache: dict[str, list[int]] = {}

    @classmethod
    def learn(cls, texts: list[str], size: int) -> BytePairs:
        """Merge the most frequent adjacent pair until the vocabulary has `size` entries."""
        counts = Counter(word for text in texts for word in cls.words.findall(text))
        pieces = {word: [CHARACTERS[b] for b in word.encode()] for word in counts}
        count = max(0, size - len(cls.added) - len(CHARACTERS))
        return cls(list(islice(merged_pairs(pieces, counts, add), count)))

    @classmethod
    def load(cls, folder: Path) -> BytePairs:
        model = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["model"]
        return cls([tuple(merge.split(" ")) for merge in model["merges"]])

    def _split(self, word: str) -> list[int]:
        parts = [CHARACTERS[b] for b in word.encode()]
        while len(parts) > 1:
            pair = min(zip(parts, parts[1:]), key=lambda p: self.ranks.get(p, len(self.ranks)))
            if pair not in self.ranks:
                break
            parts = merge(parts, pair, "".join(pair))
        return [self.ids[part] for part in parts]

    def encode(self, text: str) -> list[int]:
        """Token ids, the leading end-of-text token included."""
        return [END, *self.pieces(text)]

    def pieces(self, text: str) -> list[int]:
        """Token ids of the text alone."""
        found: list[int] = []
        for word in self.words.findall(text):
            if word not in self._cache:
                self._cache[word] = self._split(word)
            found += self._cache[word]
        return found

    def decode(self, ids: list[int]) -> str:
        """The text of `ids`, end-of-text tokens left out."""
        characters = "".join(self.vocabulary[i] for i in ids if i != END)
        return bytes(BYTES[c] for c in characters).decode(errors="replace")

    def save(self, folder: Path, max_length: int) -> None:
        """Write tokenizer.json and tokenizer_config.json."""
        def sequence(name: str) -> list[dict]:
            return [{"SpecialToken": {"id": END_OF_TEXT, "type_id": 0}},
                    {"Sequence": {"id": name, "type_id": 0}}]

        byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True,
                      "use_regex": True}
        special = {"content": END_OF_TEXT, "single_word": False, "lstrip": False, "rstrip": False,
                   "normalized": False, "special": True}
        tokenizer = {
            "version": "1.0", "truncation": None, "padding": None,
            "added_tokens": [{"id": END, **special}],
            "normalizer": None,
            "pre_tokenizer": byte_level,
            "post_processor": {
                "type": "TemplateProcessing", "single": sequence("A"),
                "pair": [*sequence("A"), *sequence("B")],
                "special_tokens": {END_OF_TEXT: {"id": END_OF_TEXT, "ids": [END],
                                                 "tokens": [END_OF_TEXT]}}},
            "decoder": byte_level,
            "model": {"type": "BPE", "dropout": None, "unk_token": None,
                      "continuing_subword_prefix": None, "end_of_word_suffix": None,
                      "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
                      "vocab": self.ids, "merges": [" ".join(pair) for pair in self.merges]}}
        config = {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": END_OF_TEXT,
                  "eos_token": END_OF_TEXT, "pad_token": END_OF_TEXT,
                  "model_max_length": max_length,
                  "model_input_names": ["input_ids", "attention_mask"],
                  "clean_up_tokenization_spaces": False}
        for name, value in (("tokenizer.json", tokenizer), ("tokenizer_config.json", config)):
            text = json.dumps(value, ensure_ascii=False, indent=1)
            (folder / name).write_text(text + "\n", encoding="utf-8")
