"""Measures every variant in the model folder through ONNX Runtime (`pip install onnxruntime`).

    python3 models/training/evaluate.py [--data ../shared/data/sst2] [--model models/sentiment/1]

Prints, for each variant: accuracy on dev and test; labels that differ from fp32 PyTorch and the
largest difference of a score, on dev; the largest change of a score when the same sentences are
answered in shuffled, padded batches instead of alone; and accuracy on long texts, each made of dev
sentences that share a label.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import numpy as np
import onnxruntime
import torch

import export_onnx
from data import DEFAULT_DATA, DEFAULT_MODEL, Example, pad, read
from tokenizer import WordPiece

LONG_TOKENS = (100, 250, 510)


def scores(session: onnxruntime.InferenceSession, sequences: list[list[int]]) -> np.ndarray:
    """Softmax of the logits, [sequences, 2]."""
    ids, mask = (tensor.numpy() for tensor in pad(sequences))
    logits = session.run(["logits"], {"input_ids": ids, "attention_mask": mask})[0]
    return torch.tensor(logits).softmax(-1).numpy()


def alone(session: onnxruntime.InferenceSession, sequences: list[list[int]]) -> np.ndarray:
    return np.concatenate([scores(session, [s]) for s in sequences])


def in_batches(session: onnxruntime.InferenceSession, sequences: list[list[int]]) -> np.ndarray:
    result = np.empty((len(sequences), 2), np.float32)
    order = random.Random(0).sample(range(len(sequences)), len(sequences))
    for start in range(0, len(order), 32):
        batch = order[start:start + 32]
        result[batch] = scores(session, [sequences[i] for i in batch])
    return result


def long_texts(examples: list[Example], tokenizer: WordPiece, tokens: int, count: int = 100
               ) -> tuple[list[list[int]], list[int]]:
    """`count` texts a label: sentences of that label, joined and cut at `tokens`."""
    texts, labels, draw = [], [], random.Random(0)
    for label in (0, 1):
        pool = [tokenizer.encode(e.text) for e in examples if e.label == label]
        for _ in range(count):
            texts.append([i for s in draw.sample(pool, tokens // 8) for i in s][:tokens])
            labels.append(label)
    return texts, labels


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--model", type=Path, default=DEFAULT_MODEL)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    tokenizer = WordPiece.load(arguments.model)
    torch_model = export_onnx.load(arguments.model / "model.onnx")
    splits = {split: read(arguments.data, split) for split in ("dev", "test")}
    encoded = {k: [tokenizer.encode(e.text) for e in v] for k, v in splits.items()}
    with torch.no_grad():
        expected = torch.cat([torch_model(*pad([s])).softmax(-1) for s in encoded["dev"]]).numpy()

    def accuracy(answers: np.ndarray, labels: list[int]) -> str:
        return f"{np.mean(answers.argmax(1) == labels):.4f}"

    for path in sorted(arguments.model.glob("model*.onnx")):
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        print(f"{path.name} ({path.stat().st_size:,} bytes)")
        single = {split: alone(session, ids) for split, ids in encoded.items()}
        for split, answers in single.items():
            print(f"  {split} accuracy", accuracy(answers, [e.label for e in splits[split]]))
        dev = single["dev"]
        print("  against PyTorch: labels that differ",
              int((dev.argmax(1) != expected.argmax(1)).sum()),
              f"largest score difference {np.abs(dev - expected).max():.1e}")
        change = np.abs(in_batches(session, encoded["dev"]) - dev).max()
        print(f"  batched and padded against alone: {change:.1e}")
        for tokens in LONG_TOKENS:
            texts, labels = long_texts(splits["dev"], tokenizer, tokens)
            print(f"  texts of {tokens} tokens", accuracy(in_batches(session, texts), labels))


if __name__ == "__main__":
    main()
