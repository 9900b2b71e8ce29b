"""Lets a decoder start with heads that copy, which it would find by itself only after a long time.

The first layer has heads that look one and two tokens back, and note what stood there. The second
has heads that look for the places whose note is like the token at hand, and write down the token
that stands there: what followed last time (an induction head, Olsson et al. 2022). All of it is
trained like the rest.
"""

from __future__ import annotations

import torch
from torch import Tensor

from story_model import StoryDecoder

CONSTANT = 0.5  # of the embedding's size, in a dimension where all tokens have it
FAST, SLOW = 4, 7  # frequencies below the first tell neighbours apart, those from the second on hardly turn
SHARPNESS, LIKENESS, NOTE, COPY = 7.0, 2.4, 0.05, 0.35


def orthonormal(rows: int, columns: int) -> Tensor:
    return torch.linalg.qr(torch.randn(max(rows, columns), min(rows, columns)))[0].reshape(
        max(rows, columns), -1) if rows >= columns else orthonormal(columns, rows).T


@torch.no_grad()
def prepare(model: StoryDecoder) -> None:
    config = model.config
    d, size, heads, groups = config.hidden_size, config.head_size, config.heads, config.key_value_heads
    half, shared = size // 2, heads // groups
    table = model.embedding.weight
    table[:, 0] = CONSTANT * table.std() * d ** 0.5
    constant = float(table[:, 0].mean() / table.square().mean().sqrt())  # what it is after the norm
    angles = config.rope_theta ** (-torch.arange(0, half) / half)
    content = orthonormal(d, size)
    content[0] = 0

    def column(kind: int, index: int) -> slice:
        """The columns in qkv of a query head (kind 0), of a group's keys (1) or values (2)."""
        start = (index, heads + index, heads + groups + index)[kind] * size
        return slice(start, start + size)

    # 1. What stood before: scores that depend on the distance alone, by the dimension that all share.
    first = model.layers[0]
    note = orthonormal(size, d)
    gains = torch.tensor([2.0, 1.0, 1.0, 1.0]) * SHARPNESS
    strength = (gains * size ** 0.5).sqrt() / constant
    keys = torch.zeros(d, size)
    keys[0, :FAST] = strength
    first.qkv.weight[:, column(1, 0)] = keys
    for head, back in ((0, 1), (1, 2)):
        queries = torch.zeros(d, size)
        queries[0, :FAST] = strength * torch.cos(back * angles[:FAST])
        queries[0, half:half + FAST] = -strength * torch.sin(back * angles[:FAST])
        first.qkv.weight[:, column(0, head)] = queries
    first.qkv.weight[:, column(2, 0)] = content
    first.out.weight[:size] = NOTE * note
    first.out.weight[size:2 * size] *= 0.5

    # 2. Where it stood before, and what followed there.
    second = model.layers[1]
    slow = torch.cat((torch.arange(SLOW, half), torch.arange(SLOW + half, size)))
    for group in range(groups):
        head = group * shared
        keys, queries = torch.zeros(d, size), torch.zeros(d, size)
        keys[:, slow] = LIKENESS * note.T[:, :len(slow)]
        queries[:, slow] = LIKENESS * content[:, :len(slow)]
        second.qkv.weight[:, column(1, group)] = keys
        second.qkv.weight[:, column(0, head)] = queries
        values = orthonormal(d, size)
        values[0] = 0
        second.qkv.weight[:, column(2, group)] = values
        second.out.weight[head * size:(head + 1) * size] = COPY * values.T
