"""Golden cases: sentences of our own that a server answers before it calls the model ready."""

from __future__ import annotations

import torch

from data import LABELS, pad
from embedding_model import EmbeddingEncoder, embed
from model import SentimentEncoder
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
