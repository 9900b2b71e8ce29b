"""Continues prompts one after the other with PyTorch, greedily, with a key and value cache.

    python3 generate.py TRAINING MODEL_FOLDER REQUESTS THREADS SECONDS

REQUESTS is JSON: [{"ids": [...], "tokens": n}, ...]. The weights are those of the ONNX graph.
Prints what the harness reads: for every request of the measured seconds the ids and the seconds
from its beginning to each of its tokens.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

training, folder, requests, threads, seconds = sys.argv[1:]
sys.path.insert(0, training)
import export_decoder  # noqa: E402

torch.set_num_threads(int(threads))
torch.set_num_interop_threads(1)


def linear(x: Tensor, weight: Tensor) -> Tensor:
    """One row as a product of matrix and vector, nearly three times as fast here as F.linear."""
    return torch.mv(weight, x[0])[None] if len(x) == 1 else F.linear(x, weight)


class Decoder:
    """The network written for inference: a cache of a whole window, layers [out, in]."""

    def __init__(self, path: Path):
        network = export_decoder.load(path)
        self.config = c = network.config
        self.embedding, self.cos, self.sin = network.embedding.weight, network.cos, network.sin
        self.final_norm = network.final_norm.weight
        self.layers = [
            [layer.attention_norm.weight, layer.mlp_norm.weight]
            + [m.weight.T.contiguous() for m in (layer.qkv, layer.out, layer.gate_up, layer.down)]
            for layer in network.layers]
        shape = c.layers, c.key_value_heads, c.positions, c.head_size
        self.keys, self.values = torch.zeros(shape), torch.zeros(shape)

    def norm(self, x: Tensor, weight: Tensor) -> Tensor:
        scale = torch.rsqrt(x.square().mean(-1, keepdim=True) + self.config.norm_epsilon)
        return x * scale * weight

    def attend(self, i: int, qkv: Tensor, start: int, bias: Tensor | None) -> Tensor:
        c, length = self.config, qkv.shape[0]
        end, heads, groups, size = start + length, c.heads, c.key_value_heads, c.head_size
        qkv = qkv.view(length, heads + 2 * groups, size).transpose(0, 1)
        rotated, v = qkv.split((heads + groups, groups), 0)
        a, b = rotated.chunk(2, -1)
        cos, sin = self.cos[start:end], self.sin[start:end]
        q, k = torch.cat((a * cos - b * sin, b * cos + a * sin), -1).split((heads, groups), 0)
        self.keys[i, :, start:end], self.values[i, :, start:end] = k, v
        q = q.reshape(groups, -1, size)
        scores = torch.matmul(q, self.keys[i, :, :end].transpose(1, 2)) * size ** -0.5
        if bias is not None:
            scores = (scores.view(heads, length, end) + bias).view(groups, -1, end)
        mixed = torch.matmul(scores.softmax(-1), self.values[i, :, :end])
        return mixed.view(heads, length, size).transpose(0, 1).reshape(length, heads * size)

    def step(self, ids: Tensor, start: int) -> int:
        """Adds tokens behind the first `start`, and tells which one follows."""
        x, length = self.embedding[ids], len(ids)
        bias = torch.full((length, start + length), -torch.inf).triu(start + 1) if length > 1 else None
        for i, (attention_norm, mlp_norm, qkv, out, gate_up, down) in enumerate(self.layers):
            mixed = self.attend(i, linear(self.norm(x, attention_norm), qkv), start, bias)
            x = x + linear(mixed, out)
            gate, up = linear(self.norm(x, mlp_norm), gate_up).chunk(2, -1)
            x = x + linear(F.silu(gate) * up, down)
        return int(linear(self.norm(x[-1:], self.final_norm), self.embedding).argmax())


def generate(decoder: Decoder, request: dict) -> dict:
    ids, times, prompt = [], [], request["ids"]
    begin = time.perf_counter()
    following = torch.tensor(prompt)
    for i in range(request["tokens"]):
        start = 0 if i == 0 else len(prompt) + i - 1
        ids.append(decoder.step(following, start))
        times.append(time.perf_counter() - begin)
        following = torch.tensor(ids[-1:])
    return {"ids": ids, "times": times}


@torch.inference_mode()
def main() -> None:
    decoder = Decoder(Path(folder))
    work = json.loads(Path(requests).read_text(encoding="utf-8"))
    generate(decoder, work[-1])
    done, begin = [], time.perf_counter()
    while not done or time.perf_counter() - begin < float(seconds):
        done.append(generate(decoder, work[len(done) % len(work)]))
    print(json.dumps({"seconds": time.perf_counter() - begin, "answers": done}))


if __name__ == "__main__":
    main()
