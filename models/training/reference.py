"""Writes what PyTorch answers for the dev sentences, to check a runtime against.

    python3 models/training/reference.py --out reference.json

The model is rebuilt from the weights in model.onnx and computed by PyTorch in fp32, one sentence
at a time. The result holds SST-2 text: keep it out of the repository.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch

import export_onnx
from data import DEFAULT_DATA, DEFAULT_MODEL, LABELS, pad, read
from tokenizer import WordPiece


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--model", type=Path, default=DEFAULT_MODEL)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()

    model = export_onnx.load(arguments.model / "model.onnx")
    tokenizer = WordPiece.load(arguments.model)
    rows = []
    for text, label in read(arguments.data, "dev"):
        ids, mask = pad([tokenizer.encode(text)])
        with torch.no_grad():
            scores = model(ids, mask).softmax(-1)[0]
        best = int(scores.argmax())
        rows.append({"text": text, "label": LABELS[label], "predicted": LABELS[best],
                     "score": float(scores[best]), "ids": ids[0].tolist()})
    arguments.out.write_text(json.dumps(rows, ensure_ascii=False, indent=0), encoding="utf-8")
    right = sum(row["label"] == row["predicted"] for row in rows)
    print(f"{len(rows)} sentences, {right / len(rows):.4f} right")


if __name__ == "__main__":
    main()
