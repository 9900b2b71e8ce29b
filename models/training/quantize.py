"""Makes model_int8.onnx from model.onnx: 8-bit weights, activations quantised row by row.

    python3 models/training/quantize.py models/sentiment/1/model.onnx

Works on any export whose linear layers are MatMul with a constant 2-D weight. Weights are scaled
per output channel. Each activation row (one token) is scaled by its own largest value, never by
the whole tensor's, so that an answer does not depend on padding or on the other sequences of its
batch, as it would with DynamicQuantizeLinear. Activations are u8 with zero point 128 against s8
weights, the fast pair on CPUs. Weights use ±64 of their range: processors without VNNI add two
products in 16 bits, and 2 × 255 × 64 fits where 2 × 255 × 127 saturates, so that every processor
computes the same sums.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

WEIGHT_LEVELS, TABLE_LEVELS = 64, 127  # largest value of a weight that is multiplied; looked up
MIN_OUTPUTS = 16  # narrower layers (the heads) stay in fp32: nothing to gain, accuracy to lose


class Quantizer:
    def __init__(self, model: onnx.ModelProto):
        self.graph = model.graph
        self.weights = {i.name: numpy_helper.to_array(i) for i in self.graph.initializer}
        opset = next(i.version for i in model.opset_import if i.domain in ("", "ai.onnx"))
        self.axes_are_inputs = opset >= 18  # of ReduceMax
        self.nodes: list[onnx.NodeProto] = []
        self.rows: dict[str, tuple[str, str]] = {}  # activation → (u8 rows, scale per row)
        self.add("row_step", np.float32(1 / 127))
        self.add("row_floor", np.float32(1e-12))
        self.add("row_shift", np.float32(128.5))  # Cast cuts off: with the half, it rounds
        self.add("row_zero", np.uint8(128))

    def add(self, name: str, value: np.ndarray) -> str:
        self.weights[name] = np.asarray(value)
        return name

    def op(self, kind: str, *inputs: str, name: str, **attributes) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [name], name=f"{name}_node", **attributes))
        return name

    def quantize_weight(self, name: str, axis: int, levels: int) -> tuple[str, str]:
        """Store s8 values and one scale per channel; reduce over `axis`."""
        w = self.weights[name]
        scale = np.maximum(np.abs(w).max(axis, keepdims=True) / levels, 1e-12).astype(np.float32)
        values = np.clip(np.rint(w / scale), -levels, levels).astype(np.int8)
        return self.add(f"{name}_s8", values), self.add(f"{name}_scale", scale)

    def quantize_rows(self, x: str) -> tuple[str, str]:
        if x not in self.rows:
            size = self.op("Abs", x, name=f"{x}_abs")
            if self.axes_are_inputs:
                peak = self.op("ReduceMax", size, self.add("row_axes", np.array([-1])),
                               name=f"{x}_peak", keepdims=1)
            else:
                peak = self.op("ReduceMax", size, name=f"{x}_peak", axes=[-1], keepdims=1)
            scale = self.op("Max", self.op("Mul", peak, "row_step", name=f"{x}_step"), "row_floor",
                            name=f"{x}_row_scale")
            steps = self.op("Mul", x, self.op("Reciprocal", scale, name=f"{x}_inverse"),
                            name=f"{x}_steps")
            shifted = self.op("Add", steps, "row_shift", name=f"{x}_shifted")
            u8 = self.op("Cast", shifted, name=f"{x}_u8", to=TensorProto.UINT8)
            self.rows[x] = (u8, scale)
        return self.rows[x]

    def matmul(self, x: str, weight: str, out: str) -> None:
        u8, row_scale = self.quantize_rows(x)
        s8, channel_scale = self.quantize_weight(weight, 0, WEIGHT_LEVELS)
        total = self.op("MatMulInteger", u8, s8, "row_zero", name=f"{out}_s32")
        total = self.op("Cast", total, name=f"{out}_f32", to=TensorProto.FLOAT)
        self.op("Mul", self.op("Mul", total, row_scale, name=f"{out}_rows"), channel_scale,
                name=out)

    def gather(self, table: str, ids: str, out: str) -> None:
        s8, scale = self.quantize_weight(table, 1, TABLE_LEVELS)
        rows = self.op("Gather", s8, ids, name=f"{out}_s8")
        rows = self.op("Cast", rows, name=f"{out}_f32", to=TensorProto.FLOAT)
        self.op("Mul", rows, self.op("Gather", scale, ids, name=f"{out}_scale"), name=out)

    def run(self) -> None:
        for node in self.graph.node:
            constants = [i for i in node.input if i in self.weights]
            matrix = next((i for i in constants if self.weights[i].ndim == 2
                           and self.weights[i].dtype == np.float32), None)
            wide = matrix and self.weights[matrix].shape[1] >= MIN_OUTPUTS
            if node.op_type == "MatMul" and wide and node.input[1] == matrix:
                self.matmul(node.input[0], matrix, node.output[0])
            elif node.op_type == "Gather" and wide and node.input[0] == matrix:
                self.gather(matrix, node.input[1], node.output[0])
            elif node.op_type == "Transpose" and matrix:  # an embedding shared with the output
                self.add(node.output[0], self.weights[matrix].T)
            else:
                self.nodes.append(node)
        used = {i for node in self.nodes for i in node.input}
        kept = [numpy_helper.from_array(v, k) for k, v in self.weights.items() if k in used]
        nodes = helper.make_graph(self.nodes, "", [], []).node
        del self.graph.node[:], self.graph.initializer[:]
        self.graph.node.extend(nodes)
        self.graph.initializer.extend(kept)


def quantize(source: Path, target: Path) -> None:
    """Read the fp32 graph `source` and write its int8 form to `target`."""
    model = onnx.load(str(source))
    Quantizer(model).run()
    onnx.checker.check_model(model)
    target.write_bytes(model.SerializeToString(deterministic=True))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path, help="fp32 model.onnx")
    path = parser.parse_args().model
    quantize(path, path.with_name(f"{path.stem}_int8.onnx"))
