"""Writes the story generator as an ONNX graph, in either of two layouts, and reads it back.

`save` writes what ONNX Runtime GenAI's model builder writes: GroupQueryAttention, which rotates and
may update the key and value buffers in place; and `num_logits_to_keep`, as transformers has it, since
of a prompt only the last logits are wanted and all of them are a quarter of its work. `save_plain` writes what Optimum writes: standard
operators only, position_ids, and present = past + new. The initializers carry the names and shapes
of the PyTorch parameters, so that `load` can rebuild the PyTorch model from the first.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from export_onnx import Graph, parameters
from story_model import Config, StoryDecoder, rotary

MICROSOFT = "com.microsoft"
Compression = Callable[[onnx.ModelProto], None]


class DecoderGraph(Graph):
    def __init__(self, model: StoryDecoder):
        super().__init__(parameters(model))
        self.config = model.config
        for name, table in zip(("cos_cache", "sin_cache"), rotary(model.config)):
            self.initializers.append(numpy_helper.from_array(table.numpy(), name))

    def ops(self, kind: str, inputs: list[str], outputs: list[str], **attributes) -> None:
        self.nodes.append(helper.make_node(kind, inputs, outputs, name=f"{outputs[0]}_node",
                                           **attributes))

    def matmul(self, x: str, parameter: str) -> str:
        return self.op("MatMul", x, f"{parameter}.weight")

    def norm(self, x: str, parameter: str, epsilon: float) -> str:
        mean = self.op("ReduceMean", self.op("Pow", x, self.constant(2)), axes=[-1], keepdims=1)
        root = self.op("Sqrt", self.op("Add", mean, self.constant(epsilon)))
        return self.op("Mul", self.op("Div", x, root), f"{parameter}.weight")

    def mlp(self, x: str, layer: str) -> str:
        gate, up = f"{layer}gate", f"{layer}up"
        self.ops("Split", [self.matmul(x, f"{layer}gate_up")], [gate, up], axis=-1)
        active = self.op("Mul", gate, self.op("Sigmoid", gate))
        return self.matmul(self.op("Mul", active, up), f"{layer}down")

    def last(self, x: str) -> str:
        """The positions that logits are wanted for: the last `num_logits_to_keep`, all if 0."""
        start = self.op("Unsqueeze", self.op("Neg", "num_logits_to_keep"), self.ints(0))
        return self.op("Slice", x, start, self.ints(np.iinfo(np.int64).max), self.ints(1))

    def logits(self, x: str) -> None:
        table = self.op("Transpose", "embedding.weight", perm=[1, 0])
        self.op("MatMul", x, table, name="logits")


def length(g: Graph, x: str, axis: int) -> str:
    return g.op("Squeeze", g.op("Shape", x, start=axis, end=axis + 1))


def save(model: StoryDecoder, path: Path) -> None:
    g, config = DecoderGraph(model), model.config
    lengths = g.op("ReduceSum", "attention_mask", g.ints(1), keepdims=0)
    last = g.op("Cast", g.op("Sub", lengths, g.constant(1, np.int64)), to=TensorProto.INT32)
    total = g.op("Cast", length(g, "attention_mask", 1), to=TensorProto.INT32)

    def attention(qkv: str, i: int) -> str:
        past, present = ([f"{kind}.{i}.{part}" for part in ("key", "value")]
                         for kind in ("past_key_values", "present"))
        g.ops("GroupQueryAttention", [qkv, "", "", *past, last, total, "cos_cache", "sin_cache"],
              [f"layers.{i}.attended", *present], domain=MICROSOFT, num_heads=config.heads,
              kv_num_heads=config.key_value_heads, scale=config.head_size ** -0.5, do_rotary=1)
        return f"layers.{i}.attended"

    def add(x: str, more: str, norm: str) -> tuple[str, str]:
        """x + more, and its norm."""
        outputs = [f"{norm}.out", "", "", f"{norm}.in"]
        g.ops("SkipSimplifiedLayerNormalization", [x, more, f"{norm}.weight"], outputs,
              domain=MICROSOFT, epsilon=config.norm_epsilon)
        return outputs[3], outputs[0]

    x = g.op("Gather", "embedding.weight", "input_ids")
    normed = g.norm(x, "layers.0.attention_norm", config.norm_epsilon)
    for i in range(config.layers):
        layer = g.scope = f"layers.{i}."
        attended = attention(g.matmul(normed, f"{layer}qkv"), i)
        x, normed = add(x, g.matmul(attended, f"{layer}out"), f"{layer}mlp_norm")
        following = f"layers.{i + 1}.attention_norm" if i + 1 < config.layers else "final_norm"
        x, normed = add(x, g.mlp(normed, layer), following)
    g.scope = ""
    g.logits(g.last(normed))
    write(g, ["input_ids", "attention_mask", "num_logits_to_keep"], path)


def save_plain(model: StoryDecoder, path: Path, compress: Compression | None = None) -> None:
    """`compress` may change how the weights are stored."""
    g, config = DecoderGraph(model), model.config
    size, groups = config.head_size, config.key_value_heads
    total, new = length(g, "attention_mask", 1), length(g, "input_ids", 1)
    zero, one = g.constant(0, np.int64), g.constant(1, np.int64)
    key = g.op("Range", zero, total, one)
    query = g.op("Range", g.op("Sub", total, new), total, one)
    causal = g.op("LessOrEqual", key, g.op("Unsqueeze", query, g.ints(1)))
    real = g.op("Cast", g.op("Unsqueeze", "attention_mask", g.ints(1, 2)), to=TensorProto.BOOL)
    bias = g.op("Where", g.op("And", real, causal), g.constant(0), g.constant(-1e9))
    bias = g.op("Unsqueeze", bias, g.ints(1))  # [batch, 1, 1, new, total]
    cos, sin = (g.op("Unsqueeze", g.op("Gather", table, "position_ids"), g.ints(1))
                for table in ("cos_cache", "sin_cache"))

    def rotate(x: str) -> str:
        a, b = f"{x}_a", f"{x}_b"
        g.ops("Split", [x], [a, b], axis=-1)
        return g.op("Concat", g.op("Sub", g.op("Mul", a, cos), g.op("Mul", b, sin)),
                    g.op("Add", g.op("Mul", b, cos), g.op("Mul", a, sin)), axis=-1)

    def attention(qkv: str, i: int) -> str:
        split = g.op("Reshape", qkv, g.ints(0, 0, config.heads + 2 * groups, size))
        q, k, v = (f"layers.{i}.{name}" for name in ("query", "key", "value"))
        g.ops("Split", [g.op("Transpose", split, perm=[0, 2, 1, 3]),
                        g.ints(config.heads, groups, groups)], [q, k, v], axis=1)
        k = g.op("Concat", f"past_key_values.{i}.key", rotate(k), name=f"present.{i}.key", axis=2)
        v = g.op("Concat", f"past_key_values.{i}.value", v, name=f"present.{i}.value", axis=2)
        # the queries of a group share its keys: [batch, groups, heads of a group, sequence, size]
        q = g.op("Mul", rotate(q), g.constant(1 / math.sqrt(size)))
        q = g.op("Reshape", q, g.ints(0, groups, config.heads // groups, -1, size))
        k = g.op("Unsqueeze", g.op("Transpose", k, perm=[0, 1, 3, 2]), g.ints(2))
        weights = g.op("Softmax", g.op("Add", g.op("MatMul", q, k), bias), axis=-1)
        mixed = g.op("MatMul", weights, g.op("Unsqueeze", v, g.ints(2)))
        mixed = g.op("Reshape", mixed, g.ints(0, config.heads, -1, size))
        mixed = g.op("Transpose", mixed, perm=[0, 2, 1, 3])
        return g.op("Reshape", mixed, g.ints(0, 0, config.hidden_size))

    x = g.op("Gather", "embedding.weight", "input_ids")
    for i in range(config.layers):
        layer = g.scope = f"layers.{i}."
        normed = g.norm(x, f"{layer}attention_norm", config.norm_epsilon)
        attended = attention(g.matmul(normed, f"{layer}qkv"), i)
        x = g.op("Add", x, g.matmul(attended, f"{layer}out"))
        normed = g.norm(x, f"{layer}mlp_norm", config.norm_epsilon)
        x = g.op("Add", x, g.mlp(normed, layer))
    g.scope = ""
    g.logits(g.norm(x, "final_norm", config.norm_epsilon))
    write(g, ["input_ids", "attention_mask", "position_ids"], path, compress)


def write(g: DecoderGraph, names: list[str], path: Path, compress: Compression | None = None
          ) -> None:
    config = g.config
    shapes = {"attention_mask": ("batch_size", "total_sequence_length"), "num_logits_to_keep": ()}
    inputs = [helper.make_tensor_value_info(
        name, TensorProto.INT64, shapes.get(name, ("batch_size", "sequence_length")))
        for name in names]
    shown = "num_logits" if "num_logits_to_keep" in names else "sequence_length"
    outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, (
        "batch_size", shown, config.vocab_size))]
    for i in range(config.layers):
        for part in ("key", "value"):
            for values, kind, tokens in ((inputs, "past_key_values", "past_sequence_length"),
                                         (outputs, "present", "total_sequence_length")):
                shape = "batch_size", config.key_value_heads, tokens, config.head_size
                values.append(helper.make_tensor_value_info(f"{kind}.{i}.{part}",
                                                            TensorProto.FLOAT, shape))
    used = {i for node in g.nodes for i in node.input}
    weights = [i for i in g.initializers if i.name in used]
    graph = helper.make_graph(g.nodes, "stories", inputs, outputs, weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17),
                                                    helper.make_opsetid(MICROSOFT, 1)])
    model.ir_version, model.producer_name = 8, "models/training"
    if compress:
        compress(model)
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString(deterministic=True))


def load(folder: Path) -> StoryDecoder:
    """Rebuild the PyTorch model, in evaluation mode, from `model.onnx` and `config.json`."""
    values = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config = Config(values["vocab_size"], values["hidden_size"], values["num_hidden_layers"],
                    values["num_attention_heads"], values["num_key_value_heads"],
                    values["intermediate_size"], values["max_position_embeddings"],
                    values["rope_theta"], values["rms_norm_eps"])
    graph = onnx.load(str(folder / "model.onnx")).graph
    arrays = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    model = StoryDecoder(config)
    model.load_state_dict({k: torch.tensor(arrays[k]) for k in model.state_dict()})
    return model.eval()
