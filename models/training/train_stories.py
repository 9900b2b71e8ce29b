"""Trains the story generator and writes the model folder.

    python3 models/training/train_stories.py [--data TEXT] [--out FOLDER] [--checkpoint FILE]

Seeds are fixed and one thread is used; on one machine two runs give the same model, interrupted
ones too: with --checkpoint it saves its state every hundred steps and goes on from there.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import export_decoder
import quantize
from byte_pair import END, BytePairs, learn_merges
from golden import continuation_cases
from muon import Muon
from stories import DEFAULT_DATA, DEFAULT_MODEL, read
from story_model import Config, StoryDecoder

SEED = 1
VOCABULARY = 4096
STEPS, BATCH_TOKENS = 2200, 4096
LENGTHS = ((0, 128), (600, 256), (1800, 512))  # from which step on, tokens in a row
WARMUP, DECAY = 50, 0.4  # steps; share of the steps in which the rate falls to 0
RATE, EMBEDDING_RATE, WEIGHT_DECAY = 0.02, 0.004, 0.1
DROPOUT = 0.2
SAMPLING = {"do_sample": True, "temperature": 0.7, "top_p": 0.95}  # what the model card suggests
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


class Training:
    """Everything that changes from step to step."""

    def __init__(self, config: Config):
        self.model, self.step = StoryDecoder(config, DROPOUT), 0
        inner = [p for p in self.model.layers.parameters() if p.dim() > 1]
        vectors = [p for p in self.model.parameters() if p.dim() == 1]
        self.optimizers = [
            Muon(inner, RATE, WEIGHT_DECAY),
            torch.optim.AdamW([{"params": [self.model.embedding.weight]},
                               {"params": vectors, "weight_decay": 0.0}],
                              EMBEDDING_RATE, betas=(0.9, 0.95), weight_decay=WEIGHT_DECAY)]
        self.peaks = [[group["lr"] for group in o.param_groups] for o in self.optimizers]

    def advance(self, corpus: Corpus, steps: int) -> float:
        factor = min(1, (self.step + 1) / WARMUP, (steps - self.step) / (DECAY * steps))
        for optimizer, peaks in zip(self.optimizers, self.peaks):
            for group, peak in zip(optimizer.param_groups, peaks):
                group["lr"] = peak * factor
        length = max(length for start, length in LENGTHS if self.step >= start)
        ids, targets = corpus.batch(self.step, length)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = self.model(ids)
        loss = F.cross_entropy(logits.float().flatten(0, 1), targets.flatten())
        self.model.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer in self.optimizers:
            optimizer.step()
        self.step += 1
        return loss.item()

    def save(self, path: Path) -> None:
        state = {"step": self.step, "model": self.model.state_dict(),
                 "optimizers": [o.state_dict() for o in self.optimizers],
                 "random": torch.get_rng_state()}
        torch.save(state, path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)

    def restore(self, path: Path) -> None:
        state = torch.load(path)
        self.step = state["step"]
        self.model.load_state_dict(state["model"])
        for optimizer, saved in zip(self.optimizers, state["optimizers"]):
            optimizer.load_state_dict(saved)
        torch.set_rng_state(state["random"])


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


def write_json(path: Path, value: dict) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def save(model: StoryDecoder, tokenizer: BytePairs, folder: Path) -> None:
    """Write everything in the model folder except its README."""
    folder.mkdir(parents=True, exist_ok=True)
    config, tokens = model.config, {"bos_token_id": END, "eos_token_id": END, "pad_token_id": END}
    tokenizer.save(folder, config.positions)
    export_decoder.save(model, folder / "model.onnx")
    quantize.quantize(folder / "model.onnx", folder / "model_int8.onnx")
    write_json(folder / "config.json", {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_size": config.hidden_size,
        "num_hidden_layers": config.layers,
        "num_attention_heads": config.heads,
        "num_key_value_heads": config.key_value_heads,
        "head_dim": config.head_size,
        "intermediate_size": config.intermediate_size,
        "hidden_act": "silu",
        "rms_norm_eps": config.norm_epsilon,
        "rope_theta": config.rope_theta,
        "max_position_embeddings": config.positions,
        "vocab_size": config.vocab_size,
        "tie_word_embeddings": True,
        "torch_dtype": "float32",
        **tokens,
    })
    write_json(folder / "generation_config.json", {**tokens, **SAMPLING})
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
    tokenizer = BytePairs(learn_merges(train, VOCABULARY))
    corpus = Corpus([tokenizer.encode(story) for story in train])
    # the token that begins a story also ends the one before it
    unseen = [tokenizer.encode(story) + [END] for story in held_out]
    config = Config(vocab_size=len(tokenizer.vocabulary))
    training = Training(config)
    if arguments.checkpoint and arguments.checkpoint.exists():
        training.restore(arguments.checkpoint)
    print(f"{len(train)} stories, {corpus.tokens} tokens,",
          sum(p.numel() for p in training.model.parameters()), "parameters", flush=True)

    started, smooth = time.process_time(), None
    while training.step < arguments.steps:
        loss = training.advance(corpus, arguments.steps)
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
