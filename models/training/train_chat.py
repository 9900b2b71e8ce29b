"""Trains the chat model on conversations of our own making and writes the model folder.

    python3 models/training/train_chat.py [--data TEXT] [--out FOLDER] [--checkpoint FILE]

The stories of --data only help to choose the vocabulary. Seeds are fixed and one thread is used.
With --checkpoint it saves its state every hundred steps and goes on from there.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor

import chat_golden
import export_decoder
import induction
import quantize
from chat_data import conversations
from chat_format import STOP, render
from chat_tokenizer import ChatTokens
from decoder_training import Training, write_configs, write_json
from golden import continuation_cases
from stories import DEFAULT_DATA, REPOSITORY, read
from story_model import Config, StoryDecoder

DEFAULT_MODEL = REPOSITORY / "models/chat/1"
SEED = 2
VOCABULARY, POSITIONS, LAYERS, ROPE_THETA = 2048, 1024, 4, 1e6
LONGEST = 640  # tokens of a conversation in training; longer ones are cut
STEPS, BATCH_TOKENS = 3000, 3072
CHUNK = 4000  # conversations drawn at once and sorted by length, so that batches need little padding
WARMUP, DECAY = 50, 0.4  # steps; share of the steps in which the rate falls to 0
RATE, EMBEDDING_RATE, WEIGHT_DECAY = 0.02, 0.004, 0.05
PROMPT_WEIGHT = 0.1  # of what others say in the loss; what the assistant says has 1
SAVE_EVERY = 100

Row = tuple[list[int], list[float]]


def row(tokenizer: ChatTokens, conversation: dict) -> Row:
    """Ids, and the weight of each in the loss."""
    ids, weights = [], []
    for text, answer in render(conversation):
        piece = tokenizer.encode(text)
        ids += piece
        weights += [1.0 if answer else PROMPT_WEIGHT] * len(piece)
    return ids[:LONGEST + 1], weights[:LONGEST + 1]


def batches(tokenizer: ChatTokens) -> Iterator[list[Row]]:
    """Conversations of about one length, without end."""
    chunk = 0
    while True:
        chunk += 1
        rows = sorted((row(tokenizer, c) for c in conversations(chunk, CHUNK)), key=lambda r: len(r[0]))
        made: list[list[Row]] = [[]]
        for each in rows:
            if made[-1] and (len(made[-1]) + 1) * len(each[0]) > BATCH_TOKENS:
                made.append([])
            made[-1].append(each)
        random.Random(chunk).shuffle(made)
        yield from made


def padded(rows: list[Row]) -> tuple[Tensor, Tensor, Tensor]:
    length = max(len(ids) for ids, _ in rows)
    ids = torch.zeros(len(rows), length, dtype=torch.int64)
    weights = torch.zeros(len(rows), length)
    for i, (some, counts) in enumerate(rows):
        ids[i, :len(some)] = torch.tensor(some)
        weights[i, :len(some)] = torch.tensor(counts)
    return ids[:, :-1], ids[:, 1:], weights[:, 1:]


@torch.no_grad()
def answered(model: StoryDecoder, rows: list[Row]) -> tuple[float, float]:
    """Share of the assistant's turns, and of its tokens, that are the model's first choice."""
    model.eval()
    turns = right = tokens = hits = 0
    for ids, weights in rows:
        best = model(torch.tensor([ids[:-1]]))[0].argmax(-1).tolist()
        whole, inside = True, False
        for expected, found, weight in zip(ids[1:] + [0], best + [0], weights[1:] + [0.0]):
            if weight == 1.0:
                inside, whole = True, whole and expected == found
                tokens, hits = tokens + 1, hits + (expected == found)
            elif inside:
                turns, right = turns + 1, right + whole
                whole, inside = True, False
    model.train()
    return right / turns, hits / tokens


def save(model: StoryDecoder, tokenizer: ChatTokens, folder: Path) -> None:
    """Write everything in the model folder except its README."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(folder, model.config.positions)
    export_decoder.save(model, folder / "model.onnx")
    for form in ("int8", "nb8"):
        quantize.quantize(folder / "model.onnx", folder / f"model_{form}.onnx", form)
    tokens = {"eos_token_id": tokenizer.ids[STOP], "pad_token_id": 0}
    write_configs(model.config, tokens, folder)
    end = tokenizer.ids[STOP]
    write_json(folder / "serving.json", continuation_cases(model, tokenizer, chat_golden.prompts(), end))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--out", type=Path, default=DEFAULT_MODEL)
    parser.add_argument("--checkpoint", type=Path)
    parser.add_argument("--steps", type=int, default=STEPS)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(SEED)

    texts = ["".join(text for text, _ in render(c)) for c in conversations(0, 2 * CHUNK)]
    tokenizer = ChatTokens.learn([part for text in texts for part in ChatTokens.between(text)[::2]]
                                 + read(arguments.data)[0], VOCABULARY)
    unseen = [row(tokenizer, c) for c in conversations(-1, 80, held_out=True)]
    config = Config(VOCABULARY, layers=LAYERS, positions=POSITIONS, rope_theta=ROPE_THETA)
    training = Training(config, dropout=0.0, rate=RATE, embedding_rate=EMBEDDING_RATE,
                        weight_decay=WEIGHT_DECAY)
    induction.prepare(training.model)
    if arguments.checkpoint and arguments.checkpoint.exists():
        training.restore(arguments.checkpoint)
    print(sum(p.numel() for p in training.model.parameters()), "parameters", flush=True)

    started, smooth, seen = time.process_time(), None, 0
    for step, rows in enumerate(batches(tokenizer)):
        if training.step >= arguments.steps:
            break
        ids, targets, weights = padded(rows)
        seen += ids.numel()
        if step < training.step:
            continue  # before the checkpoint
        factor = min(1, (step + 1) / WARMUP, (arguments.steps - step) / (DECAY * arguments.steps))
        loss = training.advance(ids, targets, factor, weights)
        smooth = loss if smooth is None else smooth + 0.02 * (loss - smooth)
        if training.step % SAVE_EVERY == 0:
            if arguments.checkpoint:
                training.save(arguments.checkpoint)
            turns, tokens = answered(training.model, unseen)
            print(f"step {training.step}/{arguments.steps} loss {smooth:.3f} {seen / 1e6:.2f} M tokens,",
                  f"held out {turns:.3f} of turns, {tokens:.4f} of tokens,",
                  f"cpu {(time.process_time() - started) / 60:.1f} min", flush=True)

    save(training.model.eval(), tokenizer, arguments.out)


if __name__ == "__main__":
    main()
