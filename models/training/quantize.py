"""Makes a graph with weights of 8 bits from model.onnx, in one of two formats.

    python3 models/training/quantize.py models/sentiment/1/model.onnx
    python3 models/training/quantize.py models/stories/1/model.onnx --format nb8

Works on any export in fp32 whose linear layers are MatMul with a constant 2-D weight.

int8, model_int8.onnx: activations quantised row by row, for encoders and for decoders that serve
many at once. Weights are scaled per output channel. Each activation row (one token) is scaled by
its own largest value, never by the whole tensor's, so that an answer does not depend on padding or
on the other sequences of its batch, as it would with DynamicQuantizeLinear. Activations are u8 with
zero point 128 against s8 weights, the fast pair on CPUs. Weights use ±64 of their range: processors
without VNNI add two products in 16 bits, and 2 × 255 × 64 fits where 2 × 255 × 127 saturates, so
that every processor computes the same sums.

nb8, model_nb8.onnx: weights in blocks of inputs (--block), nearer to those that were trained and
faster where few sequences run at once; for decoders. See block_quantizing.py.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto

from block_quantizing import BLOCKS, BlockQuantizer
from graph_rewriting import GraphRewriter, save

WEIGHT_LEVELS, TABLE_LEVELS = 64, 127  # largest value of a weight that is multiplied; looked up
BLOCK = 64


class RowQuantizer(GraphRewriter):
    def __init__(self, model: onnx.ModelProto):
        super().__init__(model)
        opset = next(i.version for i in model.opset_import if i.domain in ("", "ai.onnx"))
        self.axes_are_inputs = opset >= 18  # of ReduceMax
        self.rows: dict[str, tuple[str, str]] = {}  # activation → (u8 rows, scale per row)
        self.add("row_step", np.float32(1 / 127))
        self.add("row_floor", np.float32(1e-12))
        self.add("row_shift", np.float32(128.5))  # Cast cuts off: with the half, it rounds
        self.add("row_zero", np.uint8(128))

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

    def rewrite(self, node: onnx.NodeProto, matrix: str) -> bool:
        if node.op_type == "MatMul" and node.input[1] == matrix:
            self.matmul(node.input[0], matrix, node.output[0])
        elif node.op_type == "Gather" and node.input[0] == matrix:
            self.gather(matrix, node.input[1], node.output[0])
        else:
            return False
        return True


def quantize(source: Path, target: Path, form: str = "int8", block: int = BLOCK) -> None:
    """Read the fp32 graph `source` and write it to `target` in a form of 8 bits."""
    model = onnx.load(str(source))
    rewriter = BlockQuantizer(model, block) if form == "nb8" else RowQuantizer(model)
    if rewriter.run() == 0:
        raise ValueError(f"{source} has no linear layer (MatMul) with a constant weight in fp32.")
    save(model, target)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path, help="fp32 model.onnx")
    parser.add_argument("--format", choices=("int8", "nb8"), default="int8")
    parser.add_argument("--block", type=int, choices=BLOCKS, help=f"inputs that share a scale, of nb8 ({BLOCK})")
    parser.add_argument("--out", type=Path, help="file to write (model_<format>.onnx beside the model)")
    arguments = parser.parse_args()
    if arguments.block and arguments.format != "nb8":
        parser.error("--block is for --format nb8.")
    source, form = arguments.model, arguments.format
    try:
        quantize(source, arguments.out or source.with_name(f"{source.stem}_{form}.onnx"), form, arguments.block or BLOCK)
    except (OSError, ValueError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
