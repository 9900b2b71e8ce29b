"""Measures every variant of the story generator through ONNX Runtime (`pip install onnxruntime`).

    python3 models/training/evaluate_stories.py [--data TEXT] [--model models/stories/1]

Prints, for each variant: loss on the held-out stories; the largest difference of a logit and of a
log probability from fp32 PyTorch on them; prompts of reference_generation.py that it continues with
the same tokens, one token at a time over cached keys and values; and the largest change of a logit
when stories run in a batch instead of alone; golden cases that hold; and the time of a step.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import onnxruntime
import torch

import export_decoder
from byte_pair import END, BytePairs
from reference_generation import PROMPTS, TOKENS
from stories import DEFAULT_DATA, DEFAULT_MODEL, read
from story_model import Config, greedy


class Decoder:
    def __init__(self, path: Path, config: Config):
        self.session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        self.inputs = [i.name for i in self.session.get_inputs()]
        self.outputs = [o.name for o in self.session.get_outputs()]
        self.config = config

    def empty(self, rows: int) -> dict[str, np.ndarray]:
        shape = rows, self.config.key_value_heads, 0, self.config.head_size
        return {i: np.zeros(shape, np.float32) for i in self.inputs if i.startswith("past")}

    def step(self, ids: np.ndarray, past: dict[str, np.ndarray]) -> tuple[np.ndarray, dict]:
        """Ids [rows, new] after `past` → their logits, and what is past then."""
        rows, new = ids.shape
        seen = next(iter(past.values())).shape[2]
        mask = np.ones((rows, seen + new), np.int64)
        every = np.array(0, np.int64)
        feeds = {"input_ids": ids, "attention_mask": mask, "num_logits_to_keep": every, **past}
        found = dict(zip(self.outputs, self.session.run(self.outputs, feeds)))
        return found["logits"], {i: found[i.replace("past_key_values", "present")] for i in past}

    def greedy(self, prompt: list[int], tokens: int) -> list[int]:
        found: list[int] = []
        logits, past = self.step(np.array([prompt]), self.empty(1))
        while True:
            found.append(int(logits[0, -1].argmax()))
            if len(found) == tokens or found[-1] == END:
                return found
            logits, past = self.step(np.array([found[-1:]]), past)


def loss(logits: np.ndarray, ids: list[int]) -> float:
    """The sum over the tokens of `ids` after the first."""
    chosen = torch.tensor(logits).log_softmax(-1)[range(len(ids) - 1), ids[1:]]
    return -float(chosen.sum())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--model", type=Path, default=DEFAULT_MODEL)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    tokenizer, model = BytePairs.load(arguments.model), export_decoder.load(arguments.model)
    golden = json.loads((arguments.model / "serving.json").read_text(encoding="utf-8"))["golden"]
    held_out = read(arguments.data)[1]
    stories = [(tokenizer.encode(s) + [END])[:model.config.positions + 1] for s in held_out]
    characters = sum(len(tokenizer.decode(ids)) for ids in stories)
    with torch.no_grad():
        expected = [model(torch.tensor([ids[:-1]]))[0] for ids in stories]
        continued = [greedy(model, tokenizer.encode(p), TOKENS, END)[0] for p in PROMPTS]

    for path in sorted(arguments.model.glob("model*.onnx")):
        decoder = Decoder(path, model.config)
        print(f"{path.name} ({path.stat().st_size:,} bytes)")
        alone = [decoder.step(np.array([ids[:-1]]), decoder.empty(1))[0][0] for ids in stories]
        total = sum(loss(a, ids) for a, ids in zip(alone, stories))
        tokens = sum(len(ids) - 1 for ids in stories)
        print(f"  held out: {total / tokens:.4f} nats a token, {total / np.log(2) / characters:.4f}",
              f"bits a character, {tokens} tokens")
        logits = max(float(np.abs(a - e.numpy()).max()) for a, e in zip(alone, expected))
        changes = [np.abs((torch.tensor(a).log_softmax(-1) - e.log_softmax(-1)).numpy()).max()
                   for a, e in zip(alone, expected)]
        print(f"  against PyTorch: logits {logits:.1e}, log probabilities {max(changes):.1e}")
        same = sum(decoder.greedy(tokenizer.encode(prompt), TOKENS) == tokens
                   for prompt, tokens in zip(PROMPTS, continued))
        print(f"  greedy continuations equal: {same} of {len(PROMPTS)}")
        rows = np.array([ids[:64] for ids in stories if len(ids) > 64][:32])
        together = decoder.step(rows, decoder.empty(len(rows)))[0]
        apart = [decoder.step(row[None], decoder.empty(1))[0][0] for row in rows]
        change = np.abs(together - np.array(apart)).max()
        print(f"  in a batch of {len(rows)} against alone: {change:.1e}")
        held = sum(tokenizer.decode(decoder.greedy(tokenizer.encode(c["text"]), c["maxTokens"]))
                   == c["continuation"] for c in golden)
        print(f"  golden cases that hold: {held} of {len(golden)}")
        logits, past = decoder.step(rows[:1], decoder.empty(1))
        started = time.perf_counter()
        for _ in range(100):
            decoder.step(rows[:1, :1], past)
        print(f"  a token after 64: {(time.perf_counter() - started) * 10:.2f} ms")


if __name__ == "__main__":
    main()
