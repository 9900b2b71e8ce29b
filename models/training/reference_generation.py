"""Writes how PyTorch continues a set of prompts, greedily and in fp32, to check a runtime against.

    cd tests/ModelServer.Tests/fixtures
    python3 ../../../models/training/reference_generation.py --out generation.json

The model is rebuilt from the weights in model.onnx. Each row has the prompt and its token ids, the
ids that follow (an end-of-text token is the last of them) and their text, the log probability of
each, and the smallest lead of a chosen token over the second best (difference of their logits): a
variant with larger errors may choose differently.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch

import export_decoder
from byte_pair import END, BytePairs
from stories import DEFAULT_MODEL
from story_model import StoryDecoder, greedy

TOKENS = 48
PROMPTS = (
    "Grandma",
    "The end",
    "Once upon a time",
    "One day, a little boy named Tom",
    "The cat and the dog",
    "Lily wanted to",
    "\"Hello,\" said the bear.",
    "There was a big red ball in the garden. The ball",
    "Tim and Sue are twins. They like to play in the park with their dog, Spot. One day",
    "Once upon a time, there was a little girl named Zoë. She lived in a café. 😀",
    "The old man had a boat.\nHe went to the sea every day.\n\n  \"Fish!\" he said",
    "1, 2, 3, 4, 5",
    "Mia did not want to go to bed. Her mom said, \"It is late, Mia. You must sleep now.\" But Mia "
    "was not tired. She wanted to look at the moon. She got up and went to the window. The moon "
    "was big and bright. Then she saw",
    "Once upon a time, in a big forest, there lived a small bird named Pip. Pip could not fly yet. "
    "Every day he sat in his nest and watched the other birds in the sky. He wanted to be like "
    "them. One day, a strong wind came and shook the tree. Pip held on to a branch, but the wind "
    "was too strong. He fell out of the nest! He opened his wings and moved them up and down, up "
    "and down. At first he was very scared. Then he looked around. He was not falling any more. "
    "\"Look, Mom!\" Pip shouted. \"Look at me!\" His mom was so happy. She flew to him and",
)


def continuation(model: StoryDecoder, tokenizer: BytePairs, prompt: str) -> dict:
    ids = tokenizer.encode(prompt)
    tokens, leads = greedy(model, ids, TOKENS, END)
    with torch.no_grad():
        logits = model(torch.tensor([ids + tokens]))[0, len(ids) - 1:-1]
    chosen = logits.log_softmax(-1)[range(len(tokens)), tokens]
    return {"prompt": prompt, "ids": ids, "tokens": tokens, "text": tokenizer.decode(tokens),
            "logprobs": [round(x, 5) for x in chosen.tolist()], "lead": round(min(leads), 5)}


def write(model: StoryDecoder, tokenizer: BytePairs, path: Path) -> None:
    rows = [continuation(model, tokenizer, prompt) for prompt in PROMPTS]
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{len(rows)} prompts, smallest lead {min(row['lead'] for row in rows)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, default=DEFAULT_MODEL)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    write(export_decoder.load(arguments.model), BytePairs.load(arguments.model), arguments.out)


if __name__ == "__main__":
    main()
