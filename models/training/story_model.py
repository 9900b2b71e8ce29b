"""The story generator in PyTorch: a Llama-style decoder.

Pre-norm blocks with RMSNorm, rotary positions (half-split, as Hugging Face's Llama), grouped
queries, SwiGLU, and one matrix for input and output tokens. Parameters have the names and shapes
they get in the ONNX graph (matrices are [in, out], query, key and value side by side, gate and up
too).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class Config:
    vocab_size: int
    hidden_size: int = 192
    layers: int = 6
    heads: int = 6
    key_value_heads: int = 2
    intermediate_size: int = 512
    positions: int = 512
    rope_theta: float = 10000.0
    norm_epsilon: float = 1e-5

    @property
    def head_size(self) -> int:
        return self.hidden_size // self.heads


def rotary(config: Config) -> tuple[Tensor, Tensor]:
    """Cosines and sines, [positions, head_size / 2] each."""
    steps = torch.arange(0, config.head_size, 2, dtype=torch.float64) / config.head_size
    angles = torch.arange(config.positions)[:, None] / config.rope_theta ** steps
    return angles.cos().float(), angles.sin().float()


class Matrix(nn.Module):
    """x @ weight, with the weight stored [in, out] as ONNX MatMul wants it."""

    def __init__(self, inputs: int, outputs: int, gain: float):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(inputs, outputs) * gain / math.sqrt(inputs))

    def forward(self, x: Tensor) -> Tensor:
        return torch.matmul(x, self.weight)


class RootMeanSquareNorm(nn.Module):
    def __init__(self, config: Config):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(config.hidden_size))
        self.epsilon = config.norm_epsilon

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.epsilon) * self.weight


class Layer(nn.Module):
    def __init__(self, config: Config, dropout: float):
        super().__init__()
        d, self.config, self.dropout = config.hidden_size, config, dropout
        self.attention_norm = RootMeanSquareNorm(config)
        self.qkv = Matrix(d, d + 2 * config.key_value_heads * config.head_size, 0.5)
        self.out = Matrix(d, d, 0.1)
        self.mlp_norm = RootMeanSquareNorm(config)
        self.gate_up = Matrix(d, 2 * config.intermediate_size, 0.5)
        self.down = Matrix(config.intermediate_size, d, 0.1)

    def attention(self, x: Tensor, cos: Tensor, sin: Tensor, causal: Tensor) -> Tensor:
        batch, length, d = x.shape
        heads, groups, size = self.config.heads, self.config.key_value_heads, self.config.head_size
        qkv = self.qkv(x).view(batch, length, heads + 2 * groups, size).transpose(1, 2)
        rotated, v = qkv.split((heads + groups, groups), 1)
        a, b = rotated.chunk(2, -1)
        rotated = torch.cat((a * cos - b * sin, b * cos + a * sin), -1).to(v.dtype)
        q, k = rotated.split((heads, groups), 1)
        q = q.reshape(batch, groups, -1, size)  # the queries of a group share its keys
        scores = torch.matmul(q, k.transpose(-1, -2) / math.sqrt(size))
        scores = scores.view(batch, heads, length, length) + causal
        weights = scores.float().softmax(-1).to(v.dtype).view(batch, groups, -1, length)
        mixed = torch.matmul(weights, v).view(batch, heads, length, size)
        return self.out(mixed.transpose(1, 2).reshape(batch, length, d))

    def mlp(self, x: Tensor) -> Tensor:
        gate, up = self.gate_up(x).chunk(2, -1)
        return self.down(F.silu(gate) * up)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, causal: Tensor) -> Tensor:
        attended = self.attention(self.attention_norm(x), cos, sin, causal)
        x = x + F.dropout(attended, self.dropout, self.training)
        return x + F.dropout(self.mlp(self.mlp_norm(x)), self.dropout, self.training)


class StoryDecoder(nn.Module):
    def __init__(self, config: Config, dropout: float = 0.0):
        super().__init__()
        self.config, self.dropout = config, dropout
        self.embedding = nn.Embedding(config.vocab_size, config.hidden_size)
        nn.init.normal_(self.embedding.weight, std=0.02)
        self.layers = nn.ModuleList(Layer(config, dropout) for _ in range(config.layers))
        self.final_norm = RootMeanSquareNorm(config)
        self.cos, self.sin = rotary(config)

    def forward(self, input_ids: Tensor) -> Tensor:
        """int64 [batch, sequence] → logits [batch, sequence, vocabulary]."""
        length = input_ids.shape[1]
        causal = torch.full((length, length), -math.inf).triu(1)
        x = F.dropout(self.embedding(input_ids), self.dropout, self.training)
        for layer in self.layers:
            x = layer(x, self.cos[:length], self.sin[:length], causal)
        return F.linear(self.final_norm(x), self.embedding.weight)


@torch.no_grad()
def greedy(model: StoryDecoder, prompt: list[int], tokens: int, end: int
           ) -> tuple[list[int], list[float]]:
    """The most likely continuation, at most `tokens` long and up to an `end` token, which is its
    last; and by how much each token led the second best (difference of their logits)."""
    found, leads = [], []
    while len(found) < tokens and found[-1:] != [end]:
        best = model(torch.tensor([prompt + found]))[0, -1].topk(2)
        found.append(int(best.indices[0]))
        leads.append(float(best.values[0] - best.values[1]))
    return found, leads
