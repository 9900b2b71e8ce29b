"""The sentence-embedding encoder in PyTorch.

Each token's vector is its static embedding plus what the transformer makes of its context, scaled
by a learned weight per token (it starts as an inverse frequency). The weight is inside the hidden
states: their plain mean is the weighted mean up to a factor, and normalising removes the factor,
so that a server which only knows mean pooling computes exactly what was trained.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from model import Config, Layer, Linear, attention_bias

DIMENSIONS = (256, 128, 64)  # prefixes of the vector that are trained to stand alone


class EmbeddingEncoder(nn.Module):
    """Parameters have the names and shapes they get in the ONNX graph."""

    def __init__(self, config: Config, dropout: float = 0.0, embedding_dropout: float = 0.0):
        super().__init__()
        d = config.hidden_size
        self.embedding_dropout = embedding_dropout
        self.embedding = nn.Embedding(config.vocab_size, d)
        self.token_weight = nn.Embedding(config.vocab_size, 1)
        self.embedding_norm = nn.LayerNorm(d, config.norm_epsilon)
        self.layers = nn.ModuleList(Layer(config, dropout) for _ in range(config.layers))
        self.final_norm = nn.LayerNorm(d, config.norm_epsilon)
        self.context = Linear(d, d)
        self.projection = nn.Module()
        self.projection.weight = nn.Parameter(torch.eye(d))

    def encode(self, static: Tensor, weight: Tensor, attention_mask: Tensor) -> Tensor:
        """Static vectors [batch, sequence, d] and weights [batch, sequence, 1] → hidden states."""
        _, bias = attention_bias(attention_mask)
        static = F.dropout(static, self.embedding_dropout, self.training)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.training):
            x = self.embedding_norm(static)
            for layer in self.layers:
                x = layer(x, bias)
            context = self.context(self.final_norm(x))
        return torch.matmul((static + context.float()) * weight, self.projection.weight)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """int64 [batch, sequence] twice → hidden states [batch, sequence, d]."""
        return self.encode(self.embedding(input_ids), self.token_weight(input_ids), attention_mask)


def mean_pool(hidden: Tensor, attention_mask: Tensor) -> Tensor:
    """The mean of the hidden states that are not padding, [batch, d]; not yet normalised."""
    mask = attention_mask[..., None].to(hidden.dtype)
    return (hidden * mask).sum(1) / mask.sum(1)


def embed(model: EmbeddingEncoder, ids: Tensor, mask: Tensor) -> Tensor:
    """Normalised sentence embeddings [batch, d]."""
    with torch.no_grad():
        return F.normalize(mean_pool(model(ids, mask), mask), dim=-1)
