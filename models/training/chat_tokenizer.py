"""The chat model's tokens: byte-level BPE over words, single digits, and spaces apart.

A word is the same token after a space as after a quotation mark, so that copying a name from a
sentence into JSON is copying ids; that matters more to a small model than shorter texts.
"""

from __future__ import annotations

import re
from pathlib import Path

from byte_pair import _L, _N, END_OF_TEXT, BytePairs
from chat_format import MARKUP, SPECIAL, START, STOP, TEMPLATE
from decoder_training import write_json

PATTERN = r"\p{L}+|\p{N}|[^\s\p{L}\p{N}]+|\s+"


class ChatTokens(BytePairs):
    words = re.compile(f"[{_L}]+|[{_N}]|[^\\s{_L}{_N}]+|\\s+")
    added = (END_OF_TEXT, *SPECIAL, *MARKUP)

    @classmethod
    def between(cls, text: str) -> list[str]:
        """The text in parts, of which every second is an added token."""
        return re.split("(" + "|".join(map(re.escape, cls.added)) + ")", text)

    def encode(self, text: str) -> list[int]:
        """Token ids; the added tokens are read as such wherever they stand."""
        found: list[int] = []
        for part in self.between(text):
            found += [self.ids[part]] if part in self.added else self.pieces(part)
        return found

    def decode(self, ids: list[int]) -> str:
        """The text of `ids`, special tokens left out, those of tools not."""
        parts, special = [], {self.ids[token] for token in (END_OF_TEXT, *SPECIAL)}
        run: list[int] = []
        for i in ids:
            if i < len(self.added):
                parts.append(super().decode(run))
                parts.append("" if i in special else self.vocabulary[i])
                run = []
            else:
                run.append(i)
        return "".join(parts) + super().decode(run)

    def save(self, folder: Path, max_length: int) -> None:
        byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True,
                      "use_regex": False}
        tokens = [{"id": i, "content": token, "single_word": False, "lstrip": False, "rstrip": False,
                   "normalized": False, "special": token not in MARKUP}
                  for i, token in enumerate(self.added)]
        write_json(folder / "tokenizer.json", {
            "version": "1.0", "truncation": None, "padding": None, "added_tokens": tokens,
            "normalizer": None,
            "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
                {"type": "Split", "pattern": {"Regex": PATTERN}, "behavior": "Isolated",
                 "invert": False}, byte_level]},
            "post_processor": None, "decoder": byte_level,
            "model": {"type": "BPE", "dropout": None, "unk_token": None,
                      "continuing_subword_prefix": None, "end_of_word_suffix": None,
                      "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
                      "vocab": self.ids, "merges": [" ".join(pair) for pair in self.merges]}})
        write_json(folder / "tokenizer_config.json", {
            "tokenizer_class": "PreTrainedTokenizerFast", "eos_token": STOP,
            "pad_token": END_OF_TEXT, "additional_special_tokens": [START, STOP],
            "model_max_length": max_length,
            "model_input_names": ["input_ids", "attention_mask"],
            "clean_up_tokenization_spaces": False, "chat_template": TEMPLATE})
