"""Makes GGUF files for llama.cpp from a generator of ours.

    python3 make_gguf.py MODEL_FOLDER FOLDER NAME=TYPE ...

MODEL_FOLDER holds model.onnx with the weights under the names of models/training/story_model.py,
config.json and tokenizer.json. TYPE is f32, f16, q8_0 or q4_0, NAME the file it goes to.

llama.cpp rotates neighbouring pairs of a head where Hugging Face's Llama rotates its halves, so
rows of query and key change places. Like in our quantised graphs the table that tokens are looked
up in stays exact, and the output layer is quantised like the other matrices.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

from gguf import FILE_TYPES, Writer, pack, restore

# Largest error of one value, as a share of the largest of its block: half a step, or a whole one where
# the range ends; and beside it, since scales are fp16, 127 times half the smallest step of that.
SMALLEST = 127 * 2**-25
STEPS = {"f32": 0, "f16": 2**-11, "q8_0": 0.5 / 127 + 2**-11, "q4_0": 1 / 8 + 2**-10}


class Source:
    def __init__(self, folder: Path):
        graph = onnx.load(str(folder / "model.onnx")).graph
        self.arrays = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
        self.config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self.tokenizer = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))

    def rows(self, name: str) -> np.ndarray:
        """A matrix [outputs, inputs]; the graph has [inputs, outputs]."""
        return np.ascontiguousarray(self.arrays[f"{name}.weight"].T)

    def vector(self, name: str) -> np.ndarray:
        return self.arrays[f"{name}.weight"]


def interleave(rows: np.ndarray, heads: int) -> np.ndarray:
    """The two halves of each head, row by row in turn."""
    size = rows.shape[0] // heads
    return rows.reshape(heads, 2, size // 2, -1).swapaxes(1, 2).reshape(rows.shape)


def describe(writer: Writer, config: dict, kind: str) -> None:
    heads, width = config["num_attention_heads"], config["hidden_size"]
    writer.number("general.file_type", FILE_TYPES[kind])
    writer.number("general.quantization_version", 2)
    for key, value in {
        "vocab_size": config["vocab_size"],
        "context_length": config["max_position_embeddings"],
        "embedding_length": width,
        "block_count": config["num_hidden_layers"],
        "feed_forward_length": config["intermediate_size"],
        "rope.dimension_count": width // heads,
        "rope.freq_base": float(config["rope_theta"]),
        "attention.head_count": heads,
        "attention.head_count_kv": config["num_key_value_heads"],
        "attention.layer_norm_rms_epsilon": float(config["rms_norm_eps"]),
    }.items():
        writer.number(f"llama.{key}", value)


def describe_tokens(writer: Writer, tokenizer: dict, config: dict) -> None:
    """Byte-level pairs. Only ids go in and out, but llama.cpp wants a vocabulary."""
    vocabulary = tokenizer["model"]["vocab"]
    tokens = [f"<unused{i}>" for i in range(config["vocab_size"])]
    for token, i in vocabulary.items():
        tokens[i] = token
    kinds = [1] * len(tokens)
    for added in tokenizer["added_tokens"]:
        tokens[added["id"]], kinds[added["id"]] = added["content"], 3
    merges = [m if isinstance(m, str) else " ".join(m) for m in tokenizer["model"]["merges"]]
    writer.text("tokenizer.ggml.model", "gpt2")
    writer.text("tokenizer.ggml.pre", "gpt-2")
    writer.texts("tokenizer.ggml.tokens", tokens)
    writer.integers("tokenizer.ggml.token_type", kinds)
    writer.texts("tokenizer.ggml.merges", merges)
    writer.number("tokenizer.ggml.bos_token_id", config["bos_token_id"])
    writer.number("tokenizer.ggml.eos_token_id", config["eos_token_id"])


def add_matrix(writer: Writer, name: str, rows: np.ndarray, kind: str) -> None:
    back = restore(pack(rows, kind), kind, rows.shape)
    blocks = np.abs(rows).reshape(-1, 32).max(1, keepdims=True)
    worst = np.abs(back - rows).reshape(-1, 32).max(1, keepdims=True)
    if (worst > blocks * STEPS[kind] * 1.01 + SMALLEST).any():
        raise ValueError(f"{name} as {kind} is further from its values than rounding explains.")
    writer.tensor(name, rows, kind)


def write(source: Source, kind: str, path: Path) -> None:
    writer, config = Writer("llama"), source.config
    describe(writer, config, kind)
    describe_tokens(writer, source.tokenizer, config)
    heads, groups = config["num_attention_heads"], config["num_key_value_heads"]
    queries = config["hidden_size"]
    keys = queries // heads * groups
    is_exact = kind in ("f32", "f16")
    writer.tensor("token_embd.weight", source.vector("embedding"), kind if is_exact else "f32")
    if not is_exact:
        add_matrix(writer, "output.weight", source.vector("embedding"), kind)
    writer.tensor("output_norm.weight", source.vector("final_norm"), "f32")
    for i in range(config["num_hidden_layers"]):
        ours, theirs = f"layers.{i}.", f"blk.{i}."
        q, k, v = np.split(source.rows(ours + "qkv"), [queries, queries + keys])
        gate, up = np.split(source.rows(ours + "gate_up"), 2)
        for name, rows in (
            ("attn_q", interleave(q, heads)), ("attn_k", interleave(k, groups)), ("attn_v", v),
            ("attn_output", source.rows(ours + "out")), ("ffn_gate", gate), ("ffn_up", up),
            ("ffn_down", source.rows(ours + "down")),
        ):
            add_matrix(writer, f"{theirs}{name}.weight", rows, kind)
        for name, norm in (("attn_norm", "attention_norm"), ("ffn_norm", "mlp_norm")):
            writer.tensor(f"{theirs}{name}.weight", source.vector(ours + norm), "f32")
    writer.save(path)


def main() -> None:
    folder, target, *wanted = sys.argv[1:]
    source = Source(Path(folder))
    for name, kind in (w.split("=") for w in wanted):
        write(source, kind, Path(target) / name)


if __name__ == "__main__":
    main()
