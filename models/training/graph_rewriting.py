"""What the formats of quantize.py share: a graph whose linear layers are written anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

MIN_OUTPUTS = 16  # narrower layers (the heads) stay in fp32: nothing to gain, accuracy to lose
MOST_BYTES = 1_900_000_000  # of weights in the graph's file: protobuf takes no message of 2 GB


class GraphRewriter:
    def __init__(self, model: onnx.ModelProto):
        self.model, self.graph = model, model.graph
        self.weights = {i.name: numpy_helper.to_array(i) for i in self.graph.initializer}
        self.nodes: list[onnx.NodeProto] = []

    def add(self, name: str, value: np.ndarray) -> str:
        self.weights[name] = np.asarray(value)
        return name

    def op(self, kind: str, *inputs: str, name: str, **attributes) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [name], name=f"{name}_node", **attributes))
        return name

    def rewrite(self, node: onnx.NodeProto, matrix: str) -> bool:
        """Writes what takes the place of a node with a wide constant matrix, unless it is to stay."""
        raise NotImplementedError

    def run(self) -> int:
        """How many nodes were written anew."""
        count = 0
        for node in self.graph.node:
            matrix = next((i for i in node.input if i in self.weights and self.weights[i].ndim == 2
                           and self.weights[i].dtype == np.float32), None)
            wide = matrix and self.weights[matrix].shape[1] >= MIN_OUTPUTS
            if wide and self.rewrite(node, matrix):
                count += 1
            elif node.op_type == "Transpose" and matrix:  # an embedding shared with the output
                self.add(node.output[0], self.weights[matrix].T)
            else:
                self.nodes.append(node)
        used = set(inputs_of(self.nodes))
        kept = [numpy_helper.from_array(v, k) for k, v in self.weights.items() if k in used]
        nodes = helper.make_graph(self.nodes, "", [], []).node
        del self.graph.node[:], self.graph.initializer[:]
        self.graph.node.extend(nodes)
        self.graph.initializer.extend(kept)
        return count


def inputs_of(nodes) -> Iterator[str]:
    """Those of graphs within nodes too."""
    for node in nodes:
        yield from node.input
        for attribute in node.attribute:
            for graph in (attribute.g, *attribute.graphs):
                yield from inputs_of(graph.node)
                yield from (o.name for o in graph.output)


def save(model: onnx.ModelProto, target: Path) -> None:
    if sum(len(i.raw_data) for i in model.graph.initializer) > MOST_BYTES:
        data = target.with_name(f"{target.name}_data")
        data.unlink(missing_ok=True)  # or the new weights would come behind the old ones
        onnx.save_model(model, str(target), save_as_external_data=True, location=data.name)
        return
    onnx.checker.check_model(model)
    target.write_bytes(model.SerializeToString(deterministic=True))
