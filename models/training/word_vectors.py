"""Where the token embeddings start: co-occurrence, spelling and frequency.

A token's vector is the sum of one of its own, which starts from the words it occurs with, and of
one per n-gram of its letters, so that "playing" starts near "played" and what training learns for
one reaches the other. Once trained, the sums are written out as a plain table.
"""

from __future__ import annotations

import math
import zlib

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tokenizer import SPECIAL

WINDOW = 5                # tokens to each side that count as neighbours, by 1 / distance
BUCKETS = 20_000          # letter n-grams share this many vectors
SPELLING = 3.0            # length of the spelling part; that of the co-occurrence part is 1
SMOOTH = 1e-3             # weight of a token of frequency f: SMOOTH / (SMOOTH + f)
SPECIAL_WEIGHT = math.exp(-4)


def frequencies(sentences: list[list[int]], size: int) -> Tensor:
    counts = np.bincount(np.concatenate([np.array(s, np.int64) for s in sentences]), minlength=size)
    return torch.from_numpy(counts / counts.sum()).float()


def cooccurrence_vectors(groups: list[tuple[list[list[int]], float]], size: int, width: int
                         ) -> Tensor:
    """Unit rows from a truncated SVD of the shifted positive PMI; `groups` are (sentences, factor).

    Holds one dense size × size matrix: 0.8 GB for 14,000 tokens.
    """
    counts, specials = torch.zeros(size * size), len(SPECIAL)
    for sentences, factor in groups:
        gap = [0] * WINDOW
        flat = np.concatenate([np.array(s + gap, np.int64) for s in sentences])
        for distance in range(1, WINDOW + 1):
            left, right = flat[:-distance], flat[distance:]
            real = (left >= specials) & (right >= specials)
            cells = torch.from_numpy(left[real] * size + right[real])
            counts.index_add_(0, cells, torch.full((len(cells),), factor / distance))
    m = counts.view(size, size)
    m += m.T.clone()
    total = m.sum(1)
    context = total ** 0.75
    m /= total.clamp_min(1e-9)[:, None]
    m /= (context / context.sum()).clamp_min(1e-12)[None]
    m.clamp_min_(1e-12).log_().sub_(math.log(2)).clamp_min_(0)
    basis = torch.randn(size, width + 32)
    for _ in range(3):
        basis, _ = torch.linalg.qr(m @ (m.T @ basis))
    u, s, _ = torch.linalg.svd(basis.T @ m, full_matrices=False)
    return F.normalize(((basis @ u)[:, :width] * s[:width].sqrt()), dim=1)


def ngrams(token: str) -> list[str]:
    """The token and its runs of 3 to 5 letters; < and > mark where a word starts and ends."""
    word = token[2:] + ">" if token.startswith("##") else f"<{token}>"
    return [word] + [word[i:i + n] for n in (3, 4, 5) for i in range(len(word) - n + 1)]


class TokenTable(nn.Module):
    """Embeddings and weights of tokens, as they are trained."""

    def __init__(self, vocabulary: list[str], vectors: Tensor, frequency: Tensor):
        super().__init__()
        hashed = [torch.tensor([zlib.crc32(g.encode()) % BUCKETS for g in ngrams(token)])
                  for token in vocabulary]
        self.grams = nn.utils.rnn.pad_sequence(hashed, batch_first=True, padding_value=BUCKETS)
        self.shrink = torch.tensor([len(h) for h in hashed]).float().rsqrt()[:, None]
        width = vectors.shape[1]
        self.own = nn.Embedding.from_pretrained(vectors.clone(), freeze=False)
        self.spelling = nn.Embedding(BUCKETS + 1, width, padding_idx=BUCKETS)
        nn.init.normal_(self.spelling.weight, std=SPELLING / math.sqrt(width))
        nn.init.zeros_(self.spelling.weight[BUCKETS])
        log_weight = torch.log(SMOOTH / (SMOOTH + frequency))
        log_weight[:len(SPECIAL)] = math.log(SPECIAL_WEIGHT)
        self.log_weight = nn.Parameter(log_weight)

    def rows(self, ids: Tensor) -> Tensor:
        return self.own(ids) + self.spelling(self.grams[ids]).sum(-2) * self.shrink[ids]

    def forward(self, input_ids: Tensor) -> tuple[Tensor, Tensor]:
        """Ids [batch, sequence] → vectors [batch, sequence, d], weights [batch, sequence, 1]."""
        used, place = torch.unique(input_ids, return_inverse=True)
        return self.rows(used)[place], self.log_weight[input_ids].exp()[..., None]

    def write_to(self, embedding: nn.Embedding, token_weight: nn.Embedding) -> None:
        with torch.no_grad():
            everything = torch.arange(len(self.grams))
            embedding.weight.copy_(torch.cat([self.rows(part) for part in everything.split(2048)]))
            token_weight.weight.copy_(self.log_weight.exp()[:, None])
