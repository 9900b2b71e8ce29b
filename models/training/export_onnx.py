"""Writes an encoder as an ONNX graph (opset 17, standard operators) and reads it back.

The initializers carry the names and shapes of the PyTorch parameters, so the file is also the
checkpoint: `load` and `load_embedding` rebuild the
PyTorch model from it.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from embedding_model import EmbeddingEncoder
from model import MASKED, SLOPES, Config, SentimentEncoder


class Graph:
    """Collects nodes and constants; every method returns the name of its result."""

    def __init__(self, parameters: dict[str, np.ndarray]):
        self.nodes: list[onnx.NodeProto] = []
        self.initializers = [numpy_helper.from_array(v, k) for k, v in parameters.items()]
        self.scope = ""

    def op(self, kind: str, *inputs: str, name: str = "", **attributes) -> str:
        name = name or f"{self.scope}{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], name=f"{name}_node", **attributes))
        return name

    def constant(self, value, dtype=np.float32) -> str:
        name = f"constant_{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.array(value, dtype), name))
        return name

    def ints(self, *values: int) -> str:
        return self.constant(values, np.int64)

    def linear(self, x: str, parameter: str) -> str:
        product = self.op("MatMul", x, f"{parameter}.weight")
        return self.op("Add", product, f"{parameter}.bias")

    def norm(self, x: str, parameter: str, epsilon: float) -> str:
        return self.op("LayerNormalization", x, f"{parameter}.weight", f"{parameter}.bias",
                       axis=-1, epsilon=epsilon)

    def gelu(self, x: str) -> str:
        erf = self.op("Erf", self.op("Div", x, self.constant(math.sqrt(2))))
        doubled = self.op("Mul", x, self.op("Add", erf, self.constant(1)))
        return self.op("Mul", doubled, self.constant(0.5))


def attention_bias(g: Graph) -> tuple[str, str]:
    """The same computation as model.attention_bias."""
    mask = g.op("Cast", "attention_mask", to=TensorProto.FLOAT)
    masked = g.op("Mul", g.op("Sub", g.constant(1), mask), g.constant(MASKED))
    length = g.op("Squeeze", g.op("Shape", "input_ids", start=1, end=2))
    position = g.op("Cast", g.op("Range", g.constant(0, np.int64), length,
                                 g.constant(1, np.int64)), to=TensorProto.FLOAT)
    offset = g.op("Sub", g.op("Unsqueeze", position, g.ints(0)),
                  g.op("Unsqueeze", position, g.ints(1)))
    left, right = np.array(SLOPES, np.float32).T[:, :, None, None]
    distance = g.op("Min", g.op("Mul", offset, g.constant(left)),
                    g.op("Mul", offset, g.constant(-right)))
    return masked, g.op("Add", distance, g.op("Unsqueeze", masked, g.ints(1, 2)))


def encoder(g: Graph, x: str, bias: str, config: Config) -> str:
    """The same computation as the layers of model.Layer and the final norm."""
    head_size = config.hidden_size // config.heads

    def attention(x: str, layer: str) -> str:
        qkv = g.op("Reshape", g.linear(g.norm(x, layer + "attention_norm", config.norm_epsilon),
                                       layer + "qkv"), g.ints(0, 0, 3, config.heads, head_size))
        qkv = g.op("Transpose", qkv, perm=[2, 0, 3, 1, 4])
        q, k, v = (g.op("Gather", qkv, g.constant(i, np.int64), axis=0) for i in range(3))
        scores = g.op("MatMul", q, g.op("Transpose", k, perm=[0, 1, 3, 2]))
        scores = g.op("Add", g.op("Div", scores, g.constant(math.sqrt(head_size))), bias)
        mixed = g.op("MatMul", g.op("Softmax", scores, axis=-1), v)
        mixed = g.op("Transpose", mixed, perm=[0, 2, 1, 3])
        return g.linear(g.op("Reshape", mixed, g.ints(0, 0, config.hidden_size)), layer + "out")

    def mlp(x: str, layer: str) -> str:
        up = g.linear(g.norm(x, layer + "mlp_norm", config.norm_epsilon), layer + "up")
        return g.linear(g.gelu(up), layer + "down")

    for i in range(config.layers):
        layer = g.scope = f"layers.{i}."
        x = g.op("Add", x, attention(x, layer))
        x = g.op("Add", x, mlp(x, layer))
    g.scope = ""
    return g.norm(x, "final_norm", config.norm_epsilon)


def parameters(model: nn.Module) -> dict[str, np.ndarray]:
    return {k: v.detach().float().numpy() for k, v in model.state_dict().items()}


def save(model: SentimentEncoder, config: Config, path: Path) -> None:
    """Write `model` to `path`: the same computation as SentimentEncoder.forward."""
    g = Graph(parameters(model))
    masked, bias = attention_bias(g)
    x = g.norm(g.op("Gather", "embedding.weight", "input_ids"), "embedding_norm",
               config.norm_epsilon)
    x = encoder(g, x, bias, config)
    weights = g.op("Softmax", g.op("Add", g.op("Squeeze", g.linear(x, "pool"), g.ints(-1)),
                                   masked), axis=-1)
    pooled = g.op("MatMul", g.op("Unsqueeze", weights, g.ints(1)), x)
    product = g.op("MatMul", g.op("Squeeze", pooled, g.ints(1)), "classifier.weight")
    g.op("Add", product, "classifier.bias", name="logits")
    write(g, "sentiment", "logits", ("batch", config.labels), path)


def save_embedding(model: EmbeddingEncoder, config: Config, path: Path) -> None:
    """Write `model` to `path`: the same computation as EmbeddingEncoder.forward."""
    g = Graph(parameters(model))
    _, bias = attention_bias(g)
    static = g.op("Gather", "embedding.weight", "input_ids")
    x = g.norm(static, "embedding_norm", config.norm_epsilon)
    context = g.linear(encoder(g, x, bias, config), "context")
    weight = g.op("Gather", "token_weight.weight", "input_ids")
    weighted = g.op("Mul", g.op("Add", static, context), weight)
    g.op("MatMul", weighted, "projection.weight", name="last_hidden_state")
    write(g, "embedding", "last_hidden_state", ("batch", "sequence", config.hidden_size), path)


def write(g: Graph, name: str, output: str, shape: tuple[str | int, ...], path: Path) -> None:
    inputs = [helper.make_tensor_value_info(i, TensorProto.INT64, ("batch", "sequence"))
              for i in ("input_ids", "attention_mask")]
    outputs = [helper.make_tensor_value_info(output, TensorProto.FLOAT, shape)]
    graph = helper.make_graph(g.nodes, name, inputs, outputs, g.initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version, model.producer_name = 8, "models/training"
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString(deterministic=True))


def read(path: Path) -> tuple[dict[str, np.ndarray], Config]:
    """The initializers of an exported graph and the sizes they imply."""
    arrays = {i.name: numpy_helper.to_array(i) for i in onnx.load(str(path)).graph.initializer}
    vocab_size, hidden_size = arrays["embedding.weight"].shape
    return arrays, Config(vocab_size, hidden_size,
                          layers=sum(name.endswith("qkv.weight") for name in arrays),
                          intermediate_size=arrays["layers.0.up.weight"].shape[1])


def load(path: Path) -> SentimentEncoder:
    """Rebuild the PyTorch model, in evaluation mode, from the initializers of `path`."""
    arrays, config = read(path)
    model = SentimentEncoder(config)
    model.load_state_dict({k: torch.tensor(arrays[k]) for k in model.state_dict()})
    return model.eval()


def load_embedding(path: Path) -> EmbeddingEncoder:
    """`load` for a graph that `save_embedding` wrote."""
    arrays, config = read(path)
    model = EmbeddingEncoder(config)
    model.load_state_dict({k: torch.tensor(arrays[k]) for k in model.state_dict()})
    return model.eval()
