"""Golden cases: sentences of our own that a server answers before it calls the model ready."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from byte_pair import END, BytePairs
from data import LABELS, pad
from embedding_model import EmbeddingEncoder, embed
from model import SentimentEncoder
from story_model import StoryDecoder, greedy
from tokenizer import WordPiece

TEXTS = (
    "Wonderful, thank you!",
    "What a waste of an evening.",
    "I don't like it.",
    "Not bad at all, honestly.",
    "The soup was cold and the waiter couldn't have cared less.",
    "THE BEST CONCERT I HAVE EVER BEEN TO!!!",
    "The crème brûlée at Café Amélie is delicate, rich and simply a joy.",
    "My parcel arrived two days early 😀 and everything works beautifully.",
    "Our guide was funny, warm and endlessly patient; the children adored her.",
    "It looks cheap, feels cheap and, after a week of careful use, it broke.",
    "She hoped for a clever mystery; what she got was a dull, confused and lifeless mess.",
    "The opening chapters are slow, yet the story gathers strength, the characters grow on you, "
    "and by the last page I was moved, delighted and a little sad that it was over.",
    "We had been promised a quiet room with a view of the harbour. What we found instead was a "
    "noisy, dirty cupboard above the kitchen, a broken lamp, a bed that smelled of smoke, and a "
    "manager who was rude whenever we complained. Nobody apologised. Avoid this hotel.",
    "“Fresh, inventive & generous” — that's how I'd describe it (10/10).",
)
TOLERANCE = {"fp32": 1e-4, "int8": 0.03}  # measured: see the model cards
EMBEDDING_TOLERANCE = {"fp32": 1e-4, "int8": 0.03}
EMBEDDING_VALUES = 8

OPENINGS = (
    "Once upon a time",
    "The little",
    "The sun was",
    "They lived happily",
    "Lucy and Max are",
    "\"I'm sorry,\" said",
    "One day, a little girl named Anna went to the",
    "The frog and the duck were best friends. They",
    "Ben had a toy car. He liked to play with it",
    "Tom had a kite. The wind was strong. The kite flew up, up, up. Then the string broke! Tom was",
    "\"Mom, can we go to the zoo?\" asked Leo. \"Yes,\" said his mom. At the zoo, Leo saw",
    "Grandma made soup. \"It is too hot,\" said Joe. \"Wait a little,\" said Grandma. So Joe waited. "
    "Then he",
    "Jack found a shiny stone near the river. He showed it to his sister. \"Look, it is like a "
    "star!\" he said. His sister smiled and",
)
CONTINUATION_TOKENS = 32
LEAD = 0.3  # of a token's logit over the second best; int8 changes 999 in 1,000 leads by less
SHORTEST = 4  # tokens of a case


def golden_cases(model: SentimentEncoder, tokenizer: WordPiece) -> dict:
    """The content of serving.json: each text with its label and score in fp32 PyTorch."""
    cases = []
    for text in TEXTS:
        with torch.no_grad():
            scores = model(*pad([tokenizer.encode(text)])).softmax(-1)[0]
        best = int(scores.argmax())
        cases.append({"text": text, "label": LABELS[best], "score": round(float(scores[best]), 6)})
    return {"golden": cases, "goldenTolerance": TOLERANCE}


def embedding_cases(model: EmbeddingEncoder, tokenizer: WordPiece) -> dict:
    """Each text with the first values of its normalised embedding in fp32 PyTorch."""
    cases = []
    for text in TEXTS:
        vector = embed(model, *pad([tokenizer.encode(text)]))[0, :EMBEDDING_VALUES]
        cases.append({"text": text, "embedding": [round(v, 6) for v in vector.tolist()]})
    return {"golden": cases, "goldenTolerance": EMBEDDING_TOLERANCE}


def continuation_cases(model: StoryDecoder, tokenizer: BytePairs, texts: Sequence[str] = OPENINGS,
                       end: int = END) -> dict:
    """Each opening with its greedy continuation in fp32 PyTorch, up to the first close choice."""
    cases = []
    for text in texts:
        tokens, leads = greedy(model, tokenizer.encode(text), CONTINUATION_TOKENS, end)
        sure = next((i for i, lead in enumerate(leads) if lead < LEAD), len(leads))
        if sure >= SHORTEST:
            cases.append({"text": text, "continuation": tokenizer.decode(tokens[:sure]),
                          "maxTokens": sure})
    return {"golden": cases}
