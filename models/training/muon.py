"""Muon (Jordan et al. 2024): momentum whose update of each matrix is made orthogonal.

Newton-Schulz iterations replace the singular values of the update by values near 1, so that every
direction is learnt at the same pace. For the matrices between the layers only; embeddings and
norms are for Adam.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

COEFFICIENTS = 3.4445, -4.7750, 2.0315
ITERATIONS = 5


def orthogonal(matrix: Tensor) -> Tensor:
    x = matrix.bfloat16() if matrix.shape[0] <= matrix.shape[1] else matrix.bfloat16().T
    x = x / (x.norm() + 1e-7)
    a, b, c = COEFFICIENTS
    for _ in range(ITERATIONS):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return (x if matrix.shape[0] <= matrix.shape[1] else x.T).float()


class Muon(torch.optim.Optimizer):
    """For parameters stored [in, out]."""

    def __init__(self, parameters: Iterable[nn.Parameter], lr: float, weight_decay: float,
                 momentum: float = 0.95):
        super().__init__(parameters, {"lr": lr, "weight_decay": weight_decay,
                                      "momentum": momentum})

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            for p in group["params"]:
                mean = self.state[p].setdefault("mean", torch.zeros_like(p))
                mean.lerp_(p.grad, 1 - group["momentum"])
                update = orthogonal(p.grad.lerp(mean, group["momentum"]))
                p.mul_(1 - group["lr"] * group["weight_decay"])
                p.add_(update, alpha=-group["lr"] * max(1, p.shape[1] / p.shape[0]) ** 0.5)
