"""The sentiment encoder in PyTorch.

A small pre-norm transformer. Positions enter only as a linear penalty on attention scores that
grows with distance (ALiBi, Press et al. 2022), with different slopes to the left and to the
right, so that no table limits the length. One attention vector pools the tokens. Parameters have
the names and shapes they get in the ONNX graph (matrices are [in, out]).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

MASKED = -1e9  # added to the score of padding: its softmax weight is exactly zero
SLOPES = ((0.5, 0.5), (0.0625, 1.0), (1.0, 0.0625), (0.03125, 0.03125))  # (left, right) per head


@dataclass(frozen=True)
class Config:
    vocab_size: int
    hidden_size: int = 256
    layers: int = 2
    heads: int = len(SLOPES)
    intermediate_size: int = 1024
    norm_epsilon: float = 1e-5
    labels: int = 2


class Linear(nn.Module):
    """x @ weight + bias, with the weight stored [in, out] as ONNX MatMul wants it."""

    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(inputs, outputs) * 0.02)
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x: Tensor) -> Tensor:
        return torch.matmul(x, self.weight) + self.bias


def attention_bias(attention_mask: Tensor) -> tuple[Tensor, Tensor]:
    """Mask [batch, sequence] → (MASKED where padded, else 0; what is added to attention scores)."""
    masked = (1.0 - attention_mask.float()) * MASKED
    position = torch.arange(attention_mask.shape[1], device=attention_mask.device).float()
    offset = position[None, :] - position[:, None]  # key minus query
    left, right = torch.tensor(SLOPES).T[:, :, None, None]
    return masked, torch.minimum(offset * left, -offset * right) + masked[:, None, None, :]


class Layer(nn.Module):
    def __init__(self, config: Config, dropout: float):
        super().__init__()
        d = config.hidden_size
        self.heads, self.dropout = config.heads, dropout
        self.attention_norm = nn.LayerNorm(d, config.norm_epsilon)
        self.qkv = Linear(d, 3 * d)
        self.out = Linear(d, d)
        self.mlp_norm = nn.LayerNorm(d, config.norm_epsilon)
        self.up = Linear(d, config.intermediate_size)
        self.down = Linear(config.intermediate_size, d)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        batch, length, d = x.shape
        split = (batch, length, self.heads, d // self.heads)
        q, k, v = (t.view(split).transpose(1, 2)
                   for t in self.qkv(self.attention_norm(x)).chunk(3, -1))
        scores = torch.matmul(q, k.transpose(-1, -2)) / math.sqrt(split[-1]) + bias
        weights = F.dropout(scores.softmax(-1), self.dropout, self.training).to(v.dtype)
        mixed = torch.matmul(weights, v).transpose(1, 2).reshape(batch, length, d)
        x = x + F.dropout(self.out(mixed), self.dropout, self.training)
        hidden = self.down(F.gelu(self.up(self.mlp_norm(x))))
        return x + F.dropout(hidden, self.dropout, self.training)


class SentimentEncoder(nn.Module):
    def __init__(self, config: Config, dropout: float = 0.0, embedding_dropout: float = 0.0):
        super().__init__()
        d = config.hidden_size
        self.embedding_dropout = embedding_dropout
        self.embedding = nn.Embedding(config.vocab_size, d)
        nn.init.normal_(self.embedding.weight, std=0.05)
        self.embedding_norm = nn.LayerNorm(d, config.norm_epsilon)
        self.layers = nn.ModuleList(Layer(config, dropout) for _ in range(config.layers))
        self.final_norm = nn.LayerNorm(d, config.norm_epsilon)
        self.pool = Linear(d, 1)
        self.classifier = Linear(d, config.labels)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """int64 [batch, sequence] twice → logits [batch, labels]."""
        masked, bias = attention_bias(attention_mask)
        x = self.embedding_norm(self.embedding(input_ids))
        x = F.dropout(x, self.embedding_dropout, self.training)
        for layer in self.layers:
            x = layer(x, bias)
        x = self.final_norm(x)
        weights = (self.pool(x).squeeze(-1) + masked).softmax(-1)
        pooled = torch.matmul(weights[:, None, :].to(x.dtype), x).squeeze(1)
        return self.classifier(F.dropout(pooled, self.embedding_dropout, self.training))
