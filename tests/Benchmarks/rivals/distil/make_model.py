"""Makes a text classifier of DistilBERT's size and shape with random weights, as a Hugging Face export would look.

    python3 make_model.py FOLDER

6 post-norm layers, 768 wide, 12 heads, 3072 inside, 30,522 rows of embeddings, 512 positions;
the classifier reads the first token. Matrices are [in, out]; initialisers are named as in torch.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

LAYERS, WIDTH, HEADS, INSIDE, VOCABULARY, POSITIONS = 6, 768, 12, 3072, 30522, 512

random = np.random.default_rng(0)
nodes: list[onnx.NodeProto] = []
weights: dict[str, np.ndarray] = {}


def keep(name: str, value: np.ndarray) -> str:
    weights[name] = value
    return name


def constant(value, dtype=np.float32) -> str:
    return keep(f"constant_{len(weights)}", np.array(value, dtype))


def op(kind: str, *inputs: str, name: str = "", **attributes) -> str:
    name = name or f"{kind}_{len(nodes)}"
    nodes.append(helper.make_node(kind, inputs, [name], name=f"{name}_node", **attributes))
    return name


def linear(x: str, name: str, inputs: int, outputs: int, result: str = "") -> str:
    matrix = keep(f"{name}.weight", random.normal(0, 0.02, (inputs, outputs)).astype(np.float32))
    bias = keep(f"{name}.bias", random.normal(0, 0.02, outputs).astype(np.float32))
    return op("Add", op("MatMul", x, matrix), bias, name=result)


def norm(x: str, name: str) -> str:
    scale = keep(f"{name}.weight", np.ones(WIDTH, np.float32))
    shift = keep(f"{name}.bias", np.zeros(WIDTH, np.float32))
    return op("LayerNormalization", x, scale, shift, axis=-1, epsilon=1e-12)


def heads(x: str, *order: int) -> str:
    return op("Transpose", op("Reshape", x, constant([0, 0, HEADS, WIDTH // HEADS], np.int64)),
              perm=list(order))


def attention(x: str, layer: str, bias: str) -> str:
    q = heads(linear(x, layer + "q", WIDTH, WIDTH), 0, 2, 1, 3)
    k = heads(linear(x, layer + "k", WIDTH, WIDTH), 0, 2, 3, 1)
    v = heads(linear(x, layer + "v", WIDTH, WIDTH), 0, 2, 1, 3)
    q = op("Div", q, constant(math.sqrt(WIDTH // HEADS)))
    shares = op("Softmax", op("Add", op("MatMul", q, k), bias), axis=-1)
    mixed = op("Transpose", op("MatMul", shares, v), perm=[0, 2, 1, 3])
    return linear(op("Reshape", mixed, constant([0, 0, WIDTH], np.int64)), layer + "out", WIDTH, WIDTH)


def feed_forward(x: str, layer: str) -> str:
    up = linear(x, layer + "up", WIDTH, INSIDE)
    erf = op("Erf", op("Div", up, constant(math.sqrt(2))))
    gelu = op("Mul", op("Mul", up, op("Add", erf, constant(1))), constant(0.5))
    return linear(gelu, layer + "down", INSIDE, WIDTH)


def build() -> onnx.ModelProto:
    words = keep("words.weight", random.normal(0, 0.05, (VOCABULARY, WIDTH)).astype(np.float32))
    places = keep("places.weight", random.normal(0, 0.05, (POSITIONS, WIDTH)).astype(np.float32))
    length = op("Shape", "input_ids", start=1, end=2)
    position = op("Slice", places, constant([0], np.int64), length, constant([0], np.int64))
    x = norm(op("Add", op("Gather", words, "input_ids"), position), "embedding_norm")
    masked = op("Sub", constant(1), op("Cast", "attention_mask", to=TensorProto.FLOAT))
    bias = op("Unsqueeze", op("Mul", masked, constant(-1e9)), constant([1, 2], np.int64))
    for i in range(LAYERS):
        layer = f"layers.{i}."
        x = norm(op("Add", x, attention(x, layer, bias)), layer + "attention_norm")
        x = norm(op("Add", x, feed_forward(x, layer)), layer + "output_norm")
    first = op("Gather", x, constant(0, np.int64), axis=1)
    hidden = op("Relu", linear(first, "pre_classifier", WIDTH, WIDTH))
    linear(hidden, "classifier", WIDTH, 2, result="logits")

    inputs = [helper.make_tensor_value_info(n, TensorProto.INT64, ["batch", "sequence"])
              for n in ("input_ids", "attention_mask")]
    outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 2])]
    constants = [numpy_helper.from_array(v, k) for k, v in weights.items()]
    graph = helper.make_graph(nodes, "distil", inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    return model


def main() -> None:
    folder = Path(sys.argv[1])
    onnx.save(build(), str(folder / "model.onnx"))
    config = {
        "architectures": ["DistilBertForSequenceClassification"], "model_type": "distilbert",
        "max_position_embeddings": POSITIONS, "vocab_size": VOCABULARY, "pad_token_id": 0,
        "id2label": {"0": "negative", "1": "positive"},
        "problem_type": "single_label_classification",
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
