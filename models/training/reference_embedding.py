"""Writes what PyTorch answers for the STS-B dev pairs, to check a runtime against.

    python3 models/training/reference_embedding.py --out reference.json

The model is rebuilt from the weights in model.onnx and computed by PyTorch in fp32, one sentence
at a time. The result holds STS-B text: keep it out of the repository.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch

import export_onnx
from data import pad
from embedding_model import embed
from sts import DEFAULT_DATA, DEFAULT_MODEL, read_pairs, spearman
from tokenizer import WordPiece


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--model", type=Path, default=DEFAULT_MODEL)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()

    torch.set_num_threads(1)
    model = export_onnx.load_embedding(arguments.model / "model.onnx")
    tokenizer = WordPiece.load(arguments.model)
    rows = []
    for pair in read_pairs(arguments.data, "dev"):
        ids = [tokenizer.encode(text) for text in pair[:2]]
        vectors = [embed(model, *pad([one]))[0] for one in ids]
        rows.append({"first": pair.first, "second": pair.second, "score": pair.score,
                     "cosine": float(vectors[0] @ vectors[1]),
                     "embeddings": [[round(x, 7) for x in v[:8].tolist()] for v in vectors],
                     "ids": [pad([one])[0][0].tolist() for one in ids]})
    arguments.out.write_text(json.dumps(rows, ensure_ascii=False, indent=0), encoding="utf-8")
    cosines, scores = (np.array([row[key] for row in rows]) for key in ("cosine", "score"))
    print(f"{len(rows)} pairs, spearman {spearman(cosines, scores):.4f}")


if __name__ == "__main__":
    main()
