"""Counts how many turns of the assistant the chat model gets right in conversations it has not seen.

    python3 models/training/evaluate_chat.py [--model models/chat/1] [--count 600] [--url http://localhost:8080 --token "$(./token)" --served chat]

Their seeds, a twelfth of all real names and cities, and most of the invented words never occurred in
training. A turn is right if it is the expected one to the letter; of one that calls tools, names and
arguments are told apart too. Without --url the answers are those of fp32 PyTorch; with it, those of a running
platform, whatever variant it serves, asked by token ids through POST /v1/completions.
"""

from __future__ import annotations

import argparse
import json
import re
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch

import export_decoder
from chat_data import conversations
from chat_format import STOP, render
from chat_tokenizer import ChatTokens
from stories import REPOSITORY
from story_model import StoryDecoder

SEED = -2
LONGEST_ANSWER = 200
CALL = re.compile(r"<tool_call>\n(.*?)\n</tool_call>", re.S)

Turn = tuple[str, list[int], str]  # kind, prompt, expected answer


def turns_of(conversation: dict, tokenizer: ChatTokens) -> list[Turn]:
    ids: list[int] = []
    turns = []
    for text, answer in render(conversation):
        if answer:
            expected = text.removesuffix(STOP)
            kind = "calls" if expected.startswith("<tool_call>") else "answers"
            turns.append((f"{conversation['kind']}, {kind}" if "tools" in conversation else conversation["kind"],
                          list(ids), expected))
        ids += tokenizer.encode(text)
    return turns


@torch.no_grad()
def by_torch(model: StoryDecoder, tokenizer: ChatTokens, turn: Turn) -> str:
    """The expected answer if it is the model's own, else how the model's differs first. Told by one run over the
    expected answer: a greedy answer is the same if and only if each of its tokens is the most likely one."""
    _, prompt, expected = turn
    answer = tokenizer.encode(expected + STOP)
    best = model(torch.tensor([prompt + answer[:-1]]))[0, len(prompt) - 1:].argmax(-1).tolist()
    if best == answer:
        return expected
    different = next(i for i, (a, b) in enumerate(zip(best, answer)) if a != b)
    return tokenizer.decode(answer[:different]) + "⟨" + tokenizer.vocabulary[best[different]] + "⟩"


def by_server(url: str, token: str, served: str, turn: Turn) -> str:
    body = {"model": served, "prompt": turn[1], "max_tokens": LONGEST_ANSWER, "temperature": 0}
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{url}/v1/completions", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)["choices"][0]["text"]


def calls(text: str) -> list[dict] | None:
    try:
        return [json.loads(call) for call in CALL.findall(text)]
    except ValueError:
        return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, default=REPOSITORY / "models/chat/1")
    parser.add_argument("--count", type=int, default=600)
    parser.add_argument("--url")
    parser.add_argument("--token", default="")
    parser.add_argument("--served", default="chat")
    parser.add_argument("--show", type=int, default=0, help="print so many wrong answers")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    tokenizer = ChatTokens.load(arguments.model)
    turns = [turn for c in conversations(SEED, arguments.count, held_out=True) for turn in turns_of(c, tokenizer)]
    if arguments.url:
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda t: by_server(arguments.url, arguments.token, arguments.served, t), turns))
    else:
        model = export_decoder.load(arguments.model)
        found = [by_torch(model, tokenizer, turn) for turn in turns]

    asked, right, named, wrong = Counter(), Counter(), Counter(), []
    for (kind, prompt, expected), text in zip(turns, found):
        asked[kind] += 1
        right[kind] += text == expected
        if wanted := calls(expected):
            got = calls(text) or []
            named[kind] += [c.get("name") for c in got] == [c["name"] for c in wanted]
        if text != expected:
            wrong.append((prompt, expected, text))
    for kind in sorted(asked):
        tools = f", the right tools {named[kind] / asked[kind]:.3f}" if kind in named and arguments.url else ""
        print(f"{kind}: {right[kind] / asked[kind]:.3f} of {asked[kind]}{tools}")
    print(f"all: {sum(right.values()) / len(turns):.3f} of {len(turns)}")
    for prompt, expected, text in wrong[:arguments.show]:
        print(f"---\n{tokenizer.decode(prompt)}\nexpected: {expected}\nfound:    {text}")


if __name__ == "__main__":
    main()
