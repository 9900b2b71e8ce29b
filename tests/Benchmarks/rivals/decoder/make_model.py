"""Makes a Llama-style decoder with random weights, as Hugging Face exports would look.

    python3 make_model.py TRAINING SHIPPED FOLDER

TRAINING is models/training, SHIPPED the folder of the generator whose tokenizer is borrowed.
12 layers, 768 wide, 12 heads over 4 of keys and values, 2048 inside, 32,000 tokens: 100 M
parameters, 125 M once the engine has laid out the shared embedding for its output.

    model.onnx     GroupQueryAttention, fp32
    model_q4.onnx  the same with matrices of 4 bits in blocks of 128 (MatMulNBits)
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper

training, shipped, folder = map(Path, sys.argv[1:])
sys.path.insert(0, str(training))
import export_decoder  # noqa: E402
from story_model import Config, Matrix, StoryDecoder  # noqa: E402

CONFIG = Config(vocab_size=32_000, hidden_size=768, layers=12, heads=12, key_value_heads=4,
                intermediate_size=2048, positions=2048)
BLOCK = 128


def network() -> StoryDecoder:
    """Scaled so that every layer has a say in the next token."""
    torch.manual_seed(0)
    model = StoryDecoder(CONFIG)
    torch.nn.init.normal_(model.embedding.weight, std=0.3)
    for module in model.modules():
        if isinstance(module, Matrix):
            torch.nn.init.normal_(module.weight, std=1 / math.sqrt(module.weight.shape[0]))
    return model.eval()


def pack(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """[in, out] → what MatMulNBits takes: two 4-bit values in each byte, and a scale per block."""
    inputs, outputs = matrix.shape
    blocks = matrix.T.reshape(outputs, inputs // BLOCK, BLOCK)
    extreme = np.take_along_axis(blocks, np.abs(blocks).argmax(2)[..., None], 2)
    scales = extreme / -8
    values = np.clip(np.rint(blocks / scales) + 8, 0, 15).astype(np.uint8)
    return values[..., 0::2] | values[..., 1::2] << 4, scales.reshape(-1).astype(np.float32)


def to_4_bits(source: Path, target: Path) -> None:
    model = onnx.load(str(source))
    graph = model.graph
    arrays = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    nodes = []
    for node in graph.node:
        if node.op_type == "Transpose" and node.input[0] in arrays:
            arrays[node.output[0]] = arrays[node.input[0]].T
        elif node.op_type == "MatMul" and node.input[1] in arrays:
            matrix = arrays[node.input[1]]
            packed = [f"{node.input[1]}_q4", f"{node.input[1]}_scales"]
            arrays.update(zip(packed, pack(matrix)))
            nodes.append(helper.make_node(
                "MatMulNBits", [node.input[0], *packed], node.output, node.name,
                domain="com.microsoft", K=matrix.shape[0], N=matrix.shape[1], bits=4,
                block_size=BLOCK, accuracy_level=4))
        else:
            nodes.append(node)
    used = {i for node in nodes for i in node.input}
    del graph.node[:], graph.initializer[:]
    graph.node.extend(nodes)
    graph.initializer.extend(numpy_helper.from_array(v, k) for k, v in arrays.items() if k in used)
    onnx.save(model, str(target))


def write_config() -> None:
    config = json.loads((shipped / "config.json").read_text(encoding="utf-8"))
    config.update(
        vocab_size=CONFIG.vocab_size, hidden_size=CONFIG.hidden_size,
        num_hidden_layers=CONFIG.layers, num_attention_heads=CONFIG.heads,
        num_key_value_heads=CONFIG.key_value_heads, head_dim=CONFIG.head_size,
        intermediate_size=CONFIG.intermediate_size, max_position_embeddings=CONFIG.positions,
        rope_theta=CONFIG.rope_theta, rms_norm_eps=CONFIG.norm_epsilon)
    (folder / "config.json").write_text(json.dumps(config, indent=2), encoding="utf-8")
    tokenizer = json.loads((shipped / "tokenizer.json").read_text(encoding="utf-8"))
    vocabulary = tokenizer["model"]["vocab"]
    for token in range(len(vocabulary), CONFIG.vocab_size):
        vocabulary[f"Ġt{token}"] = token
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    settings = json.loads((shipped / "tokenizer_config.json").read_text(encoding="utf-8"))
    settings["model_max_length"] = CONFIG.positions
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    generation = (shipped / "generation_config.json").read_text(encoding="utf-8")
    (folder / "generation_config.json").write_text(generation, encoding="utf-8")


def main() -> None:
    export_decoder.save(network(), folder / "model.onnx")
    to_4_bits(folder / "model.onnx", folder / "model_q4.onnx")
    write_config()


if __name__ == "__main__":
    main()
