"""Lays a generator of ours out as ONNX Runtime GenAI wants it.

    python3 make_model.py GRAPH CONFIG FOLDER

GRAPH is a graph of models/training/export_decoder.py, in any precision, CONFIG the config.json
beside it. The weights stay as they are. Two things change: GenAI gives a graph no
`num_logits_to_keep`, so it becomes a constant, 0, which keeps all logits as GenAI expects them; and
the end token is one that hardly ever comes, since GenAI cannot be told to go on after it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper


def keep_all_logits(model: onnx.ModelProto) -> None:
    graph = model.graph
    inputs = [i for i in graph.input if i.name != "num_logits_to_keep"]
    if len(inputs) == len(graph.input):
        return
    del graph.input[:]
    graph.input.extend(inputs)
    graph.initializer.append(numpy_helper.from_array(np.array(0, np.int64), "num_logits_to_keep"))


def configuration(config: dict) -> dict:
    return {
        "model": {
            "type": "llama",
            "vocab_size": config["vocab_size"],
            "context_length": config["max_position_embeddings"],
            "bos_token_id": config["bos_token_id"],
            "eos_token_id": config["vocab_size"] - 1,
            "pad_token_id": config["pad_token_id"],
            "decoder": {
                "session_options": {"log_id": "genai", "provider_options": []},
                "filename": "model.onnx",
                "hidden_size": config["hidden_size"],
                "head_size": config["hidden_size"] // config["num_attention_heads"],
                "num_attention_heads": config["num_attention_heads"],
                "num_key_value_heads": config["num_key_value_heads"],
                "num_hidden_layers": config["num_hidden_layers"],
                "inputs": {
                    "input_ids": "input_ids",
                    "attention_mask": "attention_mask",
                    "past_key_names": "past_key_values.%d.key",
                    "past_value_names": "past_key_values.%d.value",
                },
                "outputs": {
                    "logits": "logits",
                    "present_key_names": "present.%d.key",
                    "present_value_names": "present.%d.value",
                },
            },
        },
        "search": {
            "do_sample": False,
            "num_beams": 1,
            "max_length": config["max_position_embeddings"],
            "past_present_share_buffer": True,
        },
    }


def main() -> None:
    graph, config, folder = map(Path, sys.argv[1:])
    model = onnx.load(str(graph))
    keep_all_logits(model)
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    values = json.loads(config.read_text(encoding="utf-8"))
    text = json.dumps(configuration(values), indent=2)
    (folder / "genai_config.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
