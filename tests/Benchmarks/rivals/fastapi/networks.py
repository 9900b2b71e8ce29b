"""The models under test in PyTorch, with the weights of their ONNX files."""

from __future__ import annotations

import math
import os
import sys
from pathlib import Path

import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper
from torch import Tensor, nn


def load(path: Path) -> nn.Module:
    arrays = {i.name: numpy_helper.to_array(i) for i in onnx.load(str(path)).graph.initializer}
    return (Distil(arrays) if "words.weight" in arrays else shipped(path)).eval()


def dense(weight, bias) -> nn.Linear:
    """PyTorch's own layer, which adds the bias in the same call, from a matrix stored [in, out]."""
    layer = nn.Linear(*weight.shape)
    layer.weight = nn.Parameter(torch.tensor(weight).T.contiguous(), requires_grad=False)
    layer.bias = nn.Parameter(torch.tensor(bias), requires_grad=False)
    return layer


def shipped(path: Path) -> nn.Module:
    sys.path.insert(0, os.environ["TRAINING"])
    import export_onnx
    import model as training

    def replace(module: nn.Module) -> None:
        for name, child in list(module.named_children()):
            if isinstance(child, training.Linear):
                setattr(module, name, dense(child.weight.detach().numpy(), child.bias.detach().numpy()))
            else:
                replace(child)

    network = export_onnx.load(path)
    replace(network)
    return network


class DistilLayer(nn.Module):
    def __init__(self, arrays: dict, prefix: str, heads: int):
        super().__init__()
        for name in ("q", "k", "v", "out", "up", "down"):
            weight, bias = arrays[f"{prefix}{name}.weight"], arrays[f"{prefix}{name}.bias"]
            setattr(self, name, dense(weight, bias))
        width = self.q.in_features
        self.heads = heads
        self.attention_norm = nn.LayerNorm(width, 1e-12)
        self.output_norm = nn.LayerNorm(width, 1e-12)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        batch, length, width = x.shape
        split = (batch, length, self.heads, width // self.heads)
        q, k, v = (f(x).view(split).transpose(1, 2) for f in (self.q, self.k, self.v))
        scores = torch.matmul(q / math.sqrt(split[-1]), k.transpose(2, 3)) + bias
        mixed = torch.matmul(F.softmax(scores, -1), v).transpose(1, 2).reshape(batch, length, width)
        x = self.attention_norm(x + self.out(mixed))
        return self.output_norm(x + self.down(F.gelu(self.up(x))))


class Distil(nn.Module):
    HEADS = 12

    def __init__(self, arrays: dict):
        super().__init__()
        self.words = nn.Embedding.from_pretrained(torch.tensor(arrays["words.weight"]))
        self.places = nn.Embedding.from_pretrained(torch.tensor(arrays["places.weight"]))
        self.norm = nn.LayerNorm(self.words.embedding_dim, 1e-12)
        count = sum(name.endswith(".q.weight") for name in arrays)
        self.layers = nn.ModuleList(
            DistilLayer(arrays, f"layers.{i}.", self.HEADS) for i in range(count))
        for name in ("pre_classifier", "classifier"):
            setattr(self, name, dense(arrays[f"{name}.weight"], arrays[f"{name}.bias"]))

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        x = self.norm(self.words(ids) + self.places.weight[: ids.shape[1]])
        bias = ((1.0 - mask.float()) * -1e9)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, bias)
        return self.classifier(F.relu(self.pre_classifier(x[:, 0])))
