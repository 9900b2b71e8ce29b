"""WordPiece: learning a vocabulary, encoding text, and writing the Hugging Face files.

`encode` follows the pipeline that `save` describes in tokenizer.json (BertNormalizer,
BertPreTokenizer, WordPiece), so that any runtime reading that file produces the same ids.
"""

from __future__ import annotations

import json
import random
import unicodedata
from collections import Counter
from pathlib import Path

from pairs import merged_pairs

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
PAD, UNK, CLS, SEP, MASK = range(5)
MAX_WORD = 100  # longer words become [UNK]


def _is_cjk(ch: str) -> bool:
    c = ord(ch)
    return (0x4E00 <= c <= 0x9FFF or 0x3400 <= c <= 0x4DBF or 0x20000 <= c <= 0x2CEAF
            or 0xF900 <= c <= 0xFAFF or 0x2F800 <= c <= 0x2FA1F)


def _is_punctuation(ch: str) -> bool:
    return (ch.isascii() and ch.isprintable() and not ch.isalnum() and ch != " ") \
        or unicodedata.category(ch).startswith("P")


def normalize(text: str) -> str:
    """BertNormalizer: drop control characters, space out CJK, strip accents, lower-case."""
    out = []
    for ch in text:
        if ch in "\t\n\r" or ch.isspace() and not unicodedata.category(ch).startswith("C"):
            out.append(" ")
        elif ch not in "\0\ufffd" and not unicodedata.category(ch).startswith("C"):
            out.append(f" {ch} " if _is_cjk(ch) else ch)
    decomposed = unicodedata.normalize("NFD", "".join(out))
    # Each character by itself: lowering the whole would give the last sigma of a word another form.
    return "".join(ch.lower() for ch in decomposed if unicodedata.category(ch) != "Mn")


def words(text: str) -> list[str]:
    """BertPreTokenizer: split at white space; every punctuation mark is a word."""
    spaced = (f" {ch} " if _is_punctuation(ch) else ch for ch in normalize(text))
    return "".join(spaced).split()


def learn_vocabulary(texts: list[str], size: int, alphabet: int = 200) -> list[str]:
    """Merge the most frequent adjacent pair until there are `size` entries.

    Only the `alphabet` most frequent characters (and all of ASCII) are kept: a word with any
    other character encodes as [UNK]. Ties break alphabetically, so the result is reproducible.
    """
    counts = Counter(word for text in texts for word in words(text))
    characters: Counter[str] = Counter()
    for word, count in counts.items():
        for ch in word:
            characters[ch] += count
    kept = {c for c, _ in sorted(characters.items(), key=lambda kv: (-kv[1], kv[0]))[:alphabet]}
    kept |= {chr(c) for c in range(33, 127) if not chr(c).isupper()}
    vocabulary = [*SPECIAL, *sorted(kept), *sorted("##" + c for c in kept)]

    pieces = {w: [w[0], *("##" + c for c in w[1:])] for w in counts if kept.issuperset(w)}
    known = set(vocabulary)
    for pair in merged_pairs(pieces, counts, _join):
        if len(vocabulary) >= size:
            break
        if (merged := _join(*pair)) not in known:
            vocabulary.append(merged)
            known.add(merged)
    return vocabulary


def _join(first: str, second: str) -> str:
    return first + second.removeprefix("##")


class WordPiece:
    """Greedy longest-match encoder over a vocabulary."""

    def __init__(self, vocabulary: list[str]):
        self.vocabulary = vocabulary
        self.ids = {token: i for i, token in enumerate(vocabulary)}
        self._cache: dict[str, list[int]] = {}

    @classmethod
    def load(cls, folder: Path) -> WordPiece:
        return cls((folder / "vocab.txt").read_text(encoding="utf-8").splitlines())

    def _split(self, word: str, drop: float = 0.0) -> list[int]:
        found, start = [], 0
        if len(word) > MAX_WORD:
            return [UNK]
        while start < len(word):
            for end in range(len(word), start, -1):
                token = self.ids.get(("##" if start else "") + word[start:end])
                if token is not None and (end == start + 1 or random.random() >= drop):
                    found.append(token)
                    start = end
                    break
            else:
                return [UNK]
        return found

    def encode(self, text: str) -> list[int]:
        """Token ids without [CLS] and [SEP]."""
        found = []
        for word in words(text):
            if word not in self._cache:
                self._cache[word] = self._split(word)
            found += self._cache[word]
        return found

    def save(self, folder: Path, max_length: int) -> None:
        """Write vocab.txt, tokenizer.json and tokenizer_config.json."""
        def special(token: str, type_id: int) -> dict:
            return {"SpecialToken": {"id": token, "type_id": type_id}}

        def sequence(name: str, type_id: int) -> dict:
            return {"Sequence": {"id": name, "type_id": type_id}}

        single = [special("[CLS]", 0), sequence("A", 0), special("[SEP]", 0)]
        tokenizer = {
            "version": "1.0", "truncation": None, "padding": None,
            "added_tokens": [
                {"id": i, "content": token, "single_word": False, "lstrip": False, "rstrip": False,
                 "normalized": False, "special": True} for i, token in enumerate(SPECIAL)],
            "normalizer": {"type": "BertNormalizer", "clean_text": True,
                           "handle_chinese_chars": True, "strip_accents": None, "lowercase": True},
            "pre_tokenizer": {"type": "BertPreTokenizer"},
            "post_processor": {
                "type": "TemplateProcessing", "single": single,
                "pair": [*single, sequence("B", 1), special("[SEP]", 1)],
                "special_tokens": {t: {"id": t, "ids": [self.ids[t]], "tokens": [t]}
                                   for t in ("[CLS]", "[SEP]")}},
            "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
            "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                      "max_input_chars_per_word": MAX_WORD, "vocab": self.ids}}
        config = {"tokenizer_class": "BertTokenizer", "do_lower_case": True,
                  "model_max_length": max_length, "unk_token": "[UNK]", "sep_token": "[SEP]",
                  "pad_token": "[PAD]", "cls_token": "[CLS]", "mask_token": "[MASK]",
                  "model_input_names": ["input_ids", "attention_mask"],
                  "clean_up_tokenization_spaces": True}
        (folder / "vocab.txt").write_text("\n".join(self.vocabulary) + "\n", encoding="utf-8")
        for name, value in (("tokenizer.json", tokenizer), ("tokenizer_config.json", config)):
            text = json.dumps(value, ensure_ascii=False, indent=1)
            (folder / name).write_text(text + "\n", encoding="utf-8")
