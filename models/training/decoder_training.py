"""What the generators' recipes share: a resumable training state, and the files of a model folder."""

from __future__ import annotations

import json
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from muon import Muon
from story_model import Config, StoryDecoder


class Training:
    """Everything that changes from step to step. `rate` is of the matrices between the layers,
    `embedding_rate` of all else."""

    def __init__(self, config: Config, *, dropout: float, rate: float, embedding_rate: float,
                 weight_decay: float):
        self.model, self.step = StoryDecoder(config, dropout), 0
        inner = [p for p in self.model.layers.parameters() if p.dim() > 1]
        vectors = [p for p in self.model.parameters() if p.dim() == 1]
        self.optimizers = [
            Muon(inner, rate, weight_decay),
            torch.optim.AdamW([{"params": [self.model.embedding.weight]},
                               {"params": vectors, "weight_decay": 0.0}],
                              embedding_rate, betas=(0.9, 0.95), weight_decay=weight_decay)]
        self.peaks = [[group["lr"] for group in o.param_groups] for o in self.optimizers]

    def advance(self, ids: Tensor, targets: Tensor, factor: float, weights: Tensor | None = None
                ) -> float:
        """A step at `factor` of the peak rates. `weights` says how much each target counts."""
        for optimizer, peaks in zip(self.optimizers, self.peaks):
            for group, peak in zip(optimizer.param_groups, peaks):
                group["lr"] = peak * factor
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = self.model(ids)
        losses = F.cross_entropy(logits.float().flatten(0, 1), targets.flatten(), reduction="none")
        loss = losses.mean() if weights is None else losses @ (weights / weights.sum()).flatten()
        self.model.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer in self.optimizers:
            optimizer.step()
        self.step += 1
        return loss.item()

    def save(self, path: Path) -> None:
        state = {"step": self.step, "model": self.model.state_dict(),
                 "optimizers": [o.state_dict() for o in self.optimizers],
                 "random": torch.get_rng_state()}
        torch.save(state, path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)

    def restore(self, path: Path) -> None:
        state = torch.load(path)
        self.step = state["step"]
        self.model.load_state_dict(state["model"])
        for optimizer, saved in zip(self.optimizers, state["optimizers"]):
            optimizer.load_state_dict(saved)
        torch.set_rng_state(state["random"])


def write_json(path: Path, value: dict) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def write_configs(config: Config, tokens: dict, folder: Path) -> None:
    """config.json and generation_config.json; `tokens` are the ids that begin, end and pad. Of sampling the latter says nothing: the routes' defaults hold."""
    write_json(folder / "config.json", {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_size": config.hidden_size,
        "num_hidden_layers": config.layers,
        "num_attention_heads": config.heads,
        "num_key_value_heads": config.key_value_heads,
        "head_dim": config.head_size,
        "intermediate_size": config.intermediate_size,
        "hidden_act": "silu",
        "rms_norm_eps": config.norm_epsilon,
        "rope_theta": config.rope_theta,
        "max_position_embeddings": config.positions,
        "vocab_size": config.vocab_size,
        "tie_word_embeddings": True,
        "torch_dtype": "float32",
        **tokens,
    })
    write_json(folder / "generation_config.json", tokens)
