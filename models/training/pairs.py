"""Merging the most frequent adjacent pairs of pieces, as both kinds of vocabulary are learned."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

Pair = tuple[str, str]


def merge(parts: list[str], pair: Pair, joined: str) -> list[str]:
    """`parts` with every occurrence of `pair` replaced by `joined`."""
    merged, i = [], 0
    while i < len(parts):
        found = tuple(parts[i:i + 2]) == pair
        merged.append(joined if found else parts[i])
        i += 2 if found else 1
    return merged


def merged_pairs(pieces: dict[str, list[str]], counts: Counter[str],
                 join: Callable[[str, str], str]) -> Iterator[Pair]:
    """Yield the most frequent pair and merge it in all words, until none occurs twice.

    `pieces` are the words' parts, and change; `counts` says how often a word occurs. Ties break
    alphabetically, so the result is reproducible.
    """
    pairs: Counter[Pair] = Counter()
    where: defaultdict[Pair, set[str]] = defaultdict(set)
    for word, parts in pieces.items():
        for pair in zip(parts, parts[1:]):
            pairs[pair] += counts[word]
            where[pair].add(word)
    heap = [(-n, pair) for pair, n in pairs.items()]
    heapq.heapify(heap)
    while heap:
        negative, pair = heapq.heappop(heap)
        if pairs[pair] != -negative or -negative < 2:
            continue  # stale: a newer entry with the current count is in the heap
        yield pair
        joined, touched = join(*pair), set()
        for word in where.pop(pair):
            old, new = pieces[word], merge(pieces[word], pair, joined)
            for p in zip(old, old[1:]):
                pairs[p] -= counts[word]
                touched.add(p)
            for p in zip(new, new[1:]):
                pairs[p] += counts[word]
                where[p].add(word)
                touched.add(p)
            pieces[word] = new
        for p in touched:
            if pairs[p] > 0:
                heapq.heappush(heap, (-pairs[p], p))
