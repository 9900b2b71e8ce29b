"""Trains the story generator and writes the model folder.

    python3 models/training/train_stories.py [--data TEXT] [--out FOLDER] [--checkpoint FILE]

Seeds are fixed and one thread is used; on one machine two runs give the same model, interrupted
ones too: with --checkpoint it saves its state every hundred steps and goes on from there.
"""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

import export_decoder
import quantize
from byte_pair import END, BytePairs
from decoder_training import Training, write_configs, write_json
from golden import continuation_cases
from stories import DEFAULT_DATA, DEFAULT_MODEL, read
from story_model import Config, StoryDecoder

SEED = 1
VOCABULARY = 4096
STEPS, BATCH_TOKENS = 2200, 4096
LENGTHS = ((0, 128), (600, 256), (1800, 512))  # from which step on, tokens in a row
WARMUP, DECAY = 50, 0.4  # steps; share of the steps in which the rate falls to 0
RATE, EMBEDDING_RATE, WEIGHT_DECAY = 0.02, 0.004, 0.1
DROPOUT = 0.2
SAVE_EVERY = 100


class Corpus:
    """The stories in token ids, in another order every epoch."""

    def __init__(self, stories: list[list[int]]):
        self.stories = stories
        self.tokens = sum(map(len, stories))
        self._epoch, self._stream = -1, torch.empty(0)

    def batch(self, step: int, length: int) -> tuple[Tensor, Tensor]:
        """Inputs and targets of a step, [BATCH_TOKENS / length, length]."""
        epoch, index = divmod(step, (self.tokens - 1) // BATCH_TOKENS)
        if epoch != self._epoch:
            order = random.Random(epoch).sample(self.stories, len(self.stories))
            self._epoch, self._stream = epoch, torch.tensor([i for ids in order for i in ids])
        window = self._stream[index * BATCH_TOKENS:][:BATCH_TOKENS + 1]
        return window[:-1].view(-1, length), window[1:].view(-1, length)


@torch.no_grad()
def held_out_loss(model: StoryDecoder, stories: list[list[int]]) -> float:
    """Nats per token, each story alone, its end included."""
    model.eval()
    total, count = 0.0, 0
    for ids in stories:
        ids = ids[:model.config.positions + 1]
        logits = model(torch.tensor([ids[:-1]]))[0]
        total += float(F.cross_entropy(logits, torch.tensor(ids[1:]), reduction="sum"))
        count += len(ids) - 1
    model.train()
    return total / count


def save(model: StoryDecoder, tokenizer: BytePairs, folder: Path) -> None:
    """Write everything in the model folder except its README."""
    folder.mkdir(parents=True, exist_ok=True)
    config, tokens = model.config, {"bos_token_id": END, "eos_token_id": END, "pad_token_id": END}
    tokenizer.save(folder, config.positions)
    export_decoder.save(model, folder / "model.onnx")
    for form in ("int8", "nb8"):
        quantize.quantize(folder / "model.onnx", folder / f"model_{form}.onnx", form)
    write_configs(config, tokens, folder)
    write_json(folder / "serving.json", {"chatTemplate": "none",
                                         **continuation_cases(model, tokenizer)})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--out", type=Path, default=DEFAULT_MODEL)
    parser.add_argument("--checkpoint", type=Path)
    parser.add_argument("--steps", type=int, default=STEPS)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(SEED)

    train, held_out = read(arguments.data)
    tokenizer = BytePairs.learn(train, VOCABULARY)
    corpus = Corpus([tokenizer.encode(story) for story in train])
    # the token that begins a story also ends the one before it
    unseen = [tokenizer.encode(story) + [END] for story in held_out]
    config = Config(vocab_size=len(tokenizer.vocabulary))
    training = Training(config, dropout=DROPOUT, rate=RATE, embedding_rate=EMBEDDING_RATE,
                        weight_decay=WEIGHT_DECAY)
    if arguments.checkpoint and arguments.checkpoint.exists():
        training.restore(arguments.checkpoint)
    print(f"{len(train)} stories, {corpus.tokens} tokens,",
          sum(p.numel() for p in training.model.parameters()), "parameters", flush=True)

    started, smooth = time.process_time(), None
    while training.step < arguments.steps:
        factor = min(1, (training.step + 1) / WARMUP,
                     (arguments.steps - training.step) / (DECAY * arguments.steps))
        length = max(length for start, length in LENGTHS if training.step >= start)
        loss = training.advance(*corpus.batch(training.step, length), factor)
        smooth = loss if smooth is None else smooth + 0.02 * (loss - smooth)
        if training.step % SAVE_EVERY == 0:
            if arguments.checkpoint:
                training.save(arguments.checkpoint)
            print(f"step {training.step}/{arguments.steps} loss {smooth:.3f} held out",
                  f"{held_out_loss(training.model, unseen[::8]):.3f}",
                  f"cpu {(time.process_time() - started) / 60:.1f} min", flush=True)

    save(training.model.eval(), tokenizer, arguments.out)
    print(f"held out {held_out_loss(training.model, unseen):.4f} nats a token")


if __name__ == "__main__":
    main()
