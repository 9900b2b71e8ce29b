"""Trains the sentiment model from SST-2 alone and writes the model folder.

    python3 models/training/train_sentiment.py [--data ../shared/data/sst2] [--out FOLDER]

Seeds are fixed and one thread is used; on one machine two runs give the same model.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections.abc import Iterator
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import export_onnx
import quantize
import training_loop
from data import DEFAULT_DATA, DEFAULT_MODEL, LABELS, Example, natural, pad, read, read_train
from golden import golden_cases
from model import Config, SentimentEncoder
from tokenizer import MASK, UNK, WordPiece, learn_vocabulary

SEED = 1
VOCABULARY = 8192
MAX_LENGTH = 512          # tokens the model serves, [CLS] and [SEP] included
TRAINED_LENGTH = 64       # tokens a training phrase is cut to
EPOCHS, BATCH, WARMUP = 2, 64, 300
PEAK_RATE, WEIGHT_DECAY = 5e-4, 0.2
DROPOUT, EMBEDDING_DROPOUT = 0.3, 0.6
TOKEN_DROPOUT = 0.15      # chance that a token is replaced by [UNK] or [MASK]
LABEL_SMOOTHING = 0.1
AVERAGE = 0.9995          # decay of the running average of the weights, which is what ships

Encoded = tuple[list[int], list[int], int]  # Treebank spelling, natural spelling, label


def batches(examples: list[Encoded]) -> Iterator[list[Encoded]]:
    """One shuffled epoch; sequences of similar length share a batch."""
    shuffled = random.sample(examples, len(examples))
    for start in range(0, len(shuffled), 64 * BATCH):
        pool = sorted(shuffled[start:start + 64 * BATCH], key=lambda e: len(e[0]))
        groups = [pool[i:i + BATCH] for i in range(0, len(pool), BATCH)]
        yield from random.sample(groups, len(groups))


def corrupt(example: Encoded) -> list[int]:
    """Pick one of the two spellings and hide some of its tokens."""
    ids = example[random.randrange(2)][:TRAINED_LENGTH - 2]
    return [random.choice((UNK, MASK)) if random.random() < TOKEN_DROPOUT else i for i in ids]


def train(examples: list[Encoded], config: Config) -> SentimentEncoder:
    model = SentimentEncoder(config, DROPOUT, EMBEDDING_DROPOUT)
    matrices = [p for p in model.parameters() if p.dim() > 1]
    vectors = [p for p in model.parameters() if p.dim() <= 1]
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "peak": PEAK_RATE, "weight_decay": WEIGHT_DECAY},
         {"params": vectors, "peak": PEAK_RATE, "weight_decay": 0.0}], betas=(0.9, 0.98))
    total = EPOCHS * math.ceil(len(examples) / BATCH)

    def rate(peak: float, step: int) -> float:
        decay = 0.02 + 0.49 * (1 + math.cos(math.pi * step / total))
        return peak * decay * min(1, (step + 1) / WARMUP)

    return training_loop.train(
        model, optimizer, (batch for _ in range(EPOCHS) for batch in batches(examples)),
        total=total, loss_of=lambda batch: training_loss(model, batch), rate=rate, average=AVERAGE,
        report=100).eval()


def training_loss(model: SentimentEncoder, batch: list[Encoded]) -> Tensor:
    ids, mask = pad([corrupt(e) for e in batch])
    labels = torch.tensor([label for _, _, label in batch])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model(ids, mask)
    return F.cross_entropy(logits.float(), labels, label_smoothing=LABEL_SMOOTHING)


def accuracy(model: SentimentEncoder, tokenizer: WordPiece, examples: list[Example]) -> float:
    right = 0
    for example in examples:
        with torch.no_grad():
            logits = model(*pad([tokenizer.encode(example.text)]))
        right += int(logits.argmax()) == example.label
    return right / len(examples)


def write_json(path: Path, value: dict) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def save(model: SentimentEncoder, config: Config, tokenizer: WordPiece, folder: Path) -> None:
    """Write everything in the model folder except its README."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(folder, MAX_LENGTH)
    export_onnx.save(model, config, folder / "model.onnx")
    quantize.quantize(folder / "model.onnx", folder / "model_int8.onnx")
    write_json(folder / "config.json", {
        "architectures": ["SentimentEncoderForSequenceClassification"],
        "model_type": "sentiment-encoder",
        "hidden_size": config.hidden_size,
        "num_hidden_layers": config.layers,
        "num_attention_heads": config.heads,
        "intermediate_size": config.intermediate_size,
        "hidden_act": "gelu",
        "layer_norm_eps": config.norm_epsilon,
        "position_embedding_type": "alibi",
        "max_position_embeddings": MAX_LENGTH,
        "vocab_size": config.vocab_size,
        "pad_token_id": 0,
        "id2label": dict(enumerate(LABELS)),
        "label2id": {label: i for i, label in enumerate(LABELS)},
        "problem_type": "single_label_classification",
    })
    write_json(folder / "serving.json", golden_cases(model, tokenizer))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--out", type=Path, default=DEFAULT_MODEL)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    random.seed(SEED)

    examples = read_train(arguments.data)
    texts = [spelling for e in examples for spelling in (e.text, natural(e.text))]
    tokenizer = WordPiece(learn_vocabulary(texts, VOCABULARY))
    encoded = [(tokenizer.encode(e.text), tokenizer.encode(natural(e.text)), e.label)
               for e in examples]
    config = Config(vocab_size=len(tokenizer.vocabulary))
    model = train(encoded, config)
    save(model, config, tokenizer, arguments.out)
    for split in ("dev", "test"):
        print(split, f"{accuracy(model, tokenizer, read(arguments.data, split)):.4f}")


if __name__ == "__main__":
    main()
