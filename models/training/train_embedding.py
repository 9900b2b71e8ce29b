"""Trains the sentence-embedding model and writes the model folder.

    python3 models/training/train_embedding.py [--data ../shared/data] [--out models/embedding/1]
    python3 models/training/train_embedding.py --fold 0      # cross-validation: writes nothing

Seeds are fixed and one thread is used; on one machine two runs give the same model.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import export_onnx
import quantize
import training_loop
from data import pad
from embedding_model import DIMENSIONS, EmbeddingEncoder, embed, mean_pool
from golden import embedding_cases
from model import Config
from sts import (DEFAULT_DATA, DEFAULT_MODEL, Pair, folds, read_pairs, read_train,
                 read_unlabelled, spearman)
from tokenizer import WordPiece, learn_vocabulary
from word_vectors import TokenTable, cooccurrence_vectors, frequencies

SEED = 0
VOCABULARY = 14_000
MAX_LENGTH = 512          # tokens the model serves, [CLS] and [SEP] included
TRAINED_LENGTH = 62       # tokens a training sentence is cut to
EPOCHS, BATCH, WARMUP = 6, 64, 50
RATE, TABLE_RATE, WEIGHT_DECAY = 5e-4, 3e-3, 0.01
DROPOUT, EMBEDDING_DROPOUT = 0.3, 0.3
TOKEN_DROPOUT = 0.1       # chance that a token is left out
AVERAGE = 0.99            # decay of the running average of the weights, which is what ships
RANKING_SCALE, SQUARE_FACTOR = 10.0, 10.0
FOLDS = 5

Encoded = tuple[list[int], list[int], float]


class Trainee(nn.Module):
    """The encoder fed from a TokenTable instead of its own tables."""

    def __init__(self, table: TokenTable, config: Config):
        super().__init__()
        self.table = table
        self.encoder = EmbeddingEncoder(config, DROPOUT, EMBEDDING_DROPOUT)
        nn.init.normal_(self.encoder.context.weight, std=0.002)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        return mean_pool(self.encoder.encode(*self.table(ids), mask), mask)

    def finished(self) -> EmbeddingEncoder:
        self.table.write_to(self.encoder.embedding, self.encoder.token_weight)
        return self.encoder.eval()


def loss_of(vectors: Tensor, scores: Tensor) -> Tensor:
    """Rows 2i and 2i + 1 are a pair. For each trained prefix of the vectors: pairs must be ordered
    by cosine as by score (CoSENT), and the cosine should be the score on a scale of 0 to 1."""
    total = torch.zeros(())
    for width in DIMENSIONS:
        unit = F.normalize(vectors[:, :width], dim=-1)
        cosine = (unit[0::2] * unit[1::2]).sum(-1)
        excess = (cosine[:, None] - cosine[None])[scores[:, None] < scores[None]] * RANKING_SCALE
        total = total + torch.logsumexp(torch.cat([torch.zeros(1), excess]), 0)
        total = total + SQUARE_FACTOR * F.mse_loss(cosine, scores / 5)
    return total


def thin(ids: list[int]) -> list[int]:
    return ([i for i in ids if random.random() > TOKEN_DROPOUT] or ids)[:TRAINED_LENGTH]


def batches(pairs: list[Encoded]) -> Iterator[list[Encoded]]:
    """One shuffled epoch of whole batches."""
    shuffled = random.sample(pairs, len(pairs))
    for start in range(0, len(pairs) - BATCH + 1, BATCH):
        yield shuffled[start:start + BATCH]


def train(pairs: list[Encoded], table: TokenTable, config: Config) -> EmbeddingEncoder:
    model = Trainee(table, config)
    inner = [p for n, p in model.encoder.named_parameters()
             if n not in ("embedding.weight", "token_weight.weight")]
    optimizer = torch.optim.AdamW(
        [{"params": inner, "peak": RATE, "weight_decay": WEIGHT_DECAY},
         {"params": list(model.table.parameters()), "peak": TABLE_RATE, "weight_decay": 0.0}],
        lr=RATE, betas=(0.9, 0.98))
    total = EPOCHS * (len(pairs) // BATCH)
    return training_loop.train(
        model, optimizer, (batch for _ in range(EPOCHS) for batch in batches(pairs)), total=total,
        loss_of=lambda batch: training_loss(model, batch),
        rate=lambda peak, step: peak * min(1, (step + 1) / WARMUP) * (1 - step / total),
        average=AVERAGE, report=50).finished()


def training_loss(model: Trainee, batch: list[Encoded]) -> Tensor:
    vectors = model(*pad([thin(ids) for pair in batch for ids in pair[:2]]))
    return loss_of(vectors, torch.tensor([pair[2] for pair in batch]))


def correlations(model: EmbeddingEncoder, pairs: list[Encoded]) -> dict[int, float]:
    """Spearman of the cosine with the score, for each trained prefix."""
    vectors = [torch.cat([embed(model, *pad([pair[side]])) for pair in pairs]) for side in (0, 1)]
    scores = torch.tensor([pair[2] for pair in pairs]).numpy()
    return {width: spearman(F.cosine_similarity(*(v[:, :width] for v in vectors)).numpy(), scores)
            for width in DIMENSIONS}


def write_json(path: Path, value: dict | list) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def save(model: EmbeddingEncoder, config: Config, tokenizer: WordPiece, folder: Path) -> None:
    """Write everything in the model folder except its README."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(folder, MAX_LENGTH)
    export_onnx.save_embedding(model, config, folder / "model.onnx")
    quantize.quantize(folder / "model.onnx", folder / "model_int8.onnx")
    write_json(folder / "config.json", {
        "architectures": ["EmbeddingEncoderModel"],
        "model_type": "embedding-encoder",
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
    })
    parts = (("Transformer", ""), ("Pooling", "1_Pooling"), ("Normalize", "2_Normalize"))
    write_json(folder / "modules.json", [
        {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for i, (kind, path) in enumerate(parts)])
    modes = ("cls_token", "mean_tokens", "max_tokens", "mean_sqrt_len_tokens",
             "weightedmean_tokens", "lasttoken")
    write_json(folder / "1_Pooling/config.json", {
        "word_embedding_dimension": config.hidden_size,
        **{f"pooling_mode_{mode}": mode == "mean_tokens" for mode in modes}})
    write_json(folder / "sentence_bert_config.json",
               {"max_seq_length": MAX_LENGTH, "do_lower_case": False})
    write_json(folder / "serving.json", embedding_cases(model, tokenizer))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--out", type=Path, default=DEFAULT_MODEL)
    parser.add_argument("--fold", type=int, choices=range(FOLDS),
                        help="train without this part of the training pairs and score it")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    random.seed(SEED)

    def encoded(pairs: list[Pair]) -> list[Encoded]:
        return [(tokenizer.encode(p.first), tokenizer.encode(p.second), p.score) for p in pairs]

    sources = read_unlabelled(arguments.data)
    vocabulary_texts = [text for name, texts in sources.items() if name != "shakespeare"
                        for text in texts * (4 if name == "stsb" else 1)]
    tokenizer = WordPiece(learn_vocabulary(vocabulary_texts, VOCABULARY))
    config = Config(len(tokenizer.vocabulary), intermediate_size=512)
    ids = {name: [tokenizer.encode(text)[:100] for text in texts]
           for name, texts in sources.items()}
    vectors = cooccurrence_vectors([(s, 3.0 if name == "stsb" else 1.0) for name, s in ids.items()],
                                   config.vocab_size, config.hidden_size)
    frequency = frequencies([s for group in ids.values() for s in group], config.vocab_size)
    table = TokenTable(tokenizer.vocabulary, vectors, frequency)

    pairs = read_train(arguments.data)
    fold = folds(pairs, FOLDS)
    kept = [p for p, f in zip(pairs, fold) if f != arguments.fold]
    model = train(encoded(kept), table, config)
    if arguments.fold is None:
        save(model, config, tokenizer, arguments.out)
        held_out = read_pairs(arguments.data, "dev")
    else:
        held_out = [p for p, f in zip(pairs, fold) if f == arguments.fold]
    print("spearman", {d: round(v, 4) for d, v in correlations(model, encoded(held_out)).items()})


if __name__ == "__main__":
    main()
