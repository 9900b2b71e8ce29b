"""The format nb8 of quantize.py: weights of 8 bits in blocks, by ONNX Runtime's operator MatMulNBits.

Each output has a scale for every block of inputs, so that a large weight makes its own block
coarse and no other; values are bytes around 128. With accuracy_level 4 the engine rounds the
activations to 8 bits as well, a token's own blocks by their own largest values: an answer does
not depend on its batch. One row at a time it is the fastest of all 8-bit forms, many rows are
better served by the sums of whole rows that int8 makes.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import helper

from graph_rewriting import MIN_OUTPUTS, GraphRewriter

MICROSOFT = "com.microsoft"
LEVELS, ZERO = 127, 128  # of a value: 1 to 255
BLOCKS = (16, 32, 64, 128, 256)  # that the operator has kernels for


class BlockQuantizer(GraphRewriter):
    def __init__(self, model: onnx.ModelProto, block: int):
        super().__init__(model)
        self.block = block
        self.packed: dict[str, tuple[str, str]] = {}
        if not any(i.domain == MICROSOFT for i in model.opset_import):
            model.opset_import.append(helper.make_opsetid(MICROSOFT, 1))

    def pack(self, matrix: str) -> tuple[str, str]:
        """[inputs, outputs] → bytes [outputs, blocks, block], and scales [outputs, blocks]."""
        if matrix not in self.packed:
            w = self.weights[matrix]
            (inputs, outputs), blocks = w.shape, -(-w.shape[0] // self.block)
            rows = np.zeros((outputs, blocks * self.block), np.float32)  # the last block is filled up
            rows[:, :inputs] = w.T
            rows = rows.reshape(outputs, blocks, self.block)
            scales = np.maximum(np.abs(rows).max(-1) / LEVELS, 1e-12).astype(np.float32)
            values = np.clip(np.rint(rows / scales[..., None]), -LEVELS, LEVELS) + ZERO
            self.packed[matrix] = (self.add(f"{matrix}_nb8", values.astype(np.uint8)),
                                   self.add(f"{matrix}_scales", scales))
        return self.packed[matrix]

    def linear(self, x: str, matrix: str, out: str) -> str:
        inputs, outputs = self.weights[matrix].shape
        return self.op("MatMulNBits", x, *self.pack(matrix), name=out, domain=MICROSOFT, K=inputs,
                       N=outputs, bits=8, block_size=self.block, accuracy_level=4)

    def rewrite(self, node: onnx.NodeProto, matrix: str) -> bool:
        if node.op_type not in ("MatMul", "Gemm") or node.input[1] != matrix:
            return False
        settings = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        if settings.get("transB"):
            matrix = self.add(f"{matrix}_turned", self.weights[matrix].T)
        is_plain = not settings.get("transA") and all(settings.get(n, 1) == 1 for n in ("alpha", "beta"))
        if not is_plain or self.weights[matrix].shape[1] < MIN_OUTPUTS:
            return False
        if len(node.input) < 3:
            self.linear(node.input[0], matrix, node.output[0])
        else:
            product = self.linear(node.input[0], matrix, f"{node.output[0]}_product")
            self.op("Add", product, node.input[2], name=node.output[0])
        return True
