"""Measures every variant in the model folder through ONNX Runtime (`pip install onnxruntime`).

    python3 models/training/evaluate_embedding.py [--data ../shared/data] [--model models/embedding/1]

Prints, for each variant, on STS-B dev: Spearman for each trained prefix of the vector; the largest
difference of a value, and of a cosine, from fp32 PyTorch; and the largest change of a value when
the same sentences are answered in shuffled, padded batches instead of alone.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import numpy as np
import onnxruntime
import torch

import export_onnx
from data import pad
from embedding_model import DIMENSIONS, embed
from sts import DEFAULT_DATA, DEFAULT_MODEL, read_pairs, spearman
from tokenizer import WordPiece


def vectors(session: onnxruntime.InferenceSession, sequences: list[list[int]]) -> np.ndarray:
    """Mean of the hidden states under the mask, normalised: [sequences, d]."""
    ids, mask = (tensor.numpy() for tensor in pad(sequences))
    feeds = {"input_ids": ids, "attention_mask": mask}
    hidden = session.run(["last_hidden_state"], feeds)[0]
    pooled = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
    return (pooled / np.linalg.norm(pooled, axis=1, keepdims=True)).astype(np.float32)


def in_batches(session: onnxruntime.InferenceSession, sequences: list[list[int]]) -> np.ndarray:
    result: list[np.ndarray] = [np.empty(0)] * len(sequences)
    order = random.Random(0).sample(range(len(sequences)), len(sequences))
    for start in range(0, len(order), 32):
        batch = order[start:start + 32]
        for i, vector in zip(batch, vectors(session, [sequences[i] for i in batch])):
            result[i] = vector
    return np.stack(result)


def cosines(sides: np.ndarray, width: int) -> np.ndarray:
    """Cosine of rows 2i and 2i + 1, over the first `width` values."""
    a, b = sides[0::2, :width], sides[1::2, :width]
    return (a * b).sum(1) / (np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--model", type=Path, default=DEFAULT_MODEL)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    tokenizer = WordPiece.load(arguments.model)
    pairs = read_pairs(arguments.data, "dev")
    scores = np.array([pair.score for pair in pairs])
    sequences = [tokenizer.encode(text) for pair in pairs for text in pair[:2]]
    torch_model = export_onnx.load_embedding(arguments.model / "model.onnx")
    expected = torch.cat([embed(torch_model, *pad([s])) for s in sequences]).numpy()

    for path in sorted(arguments.model.glob("model*.onnx")):
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        print(f"{path.name} ({path.stat().st_size:,} bytes)")
        alone = np.concatenate([vectors(session, [s]) for s in sequences])
        for width in DIMENSIONS:
            print(f"  spearman, {width} values: {spearman(cosines(alone, width), scores):.4f}")
        full = DIMENSIONS[0]
        off = np.abs(cosines(alone, full) - cosines(expected, full)).max()
        print(f"  against PyTorch: value {np.abs(alone - expected).max():.1e}, cosine {off:.1e}")
        change = np.abs(in_batches(session, sequences) - alone).max()
        print(f"  batched and padded against alone: {change:.1e}")


if __name__ == "__main__":
    main()
