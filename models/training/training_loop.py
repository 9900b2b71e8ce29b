"""The loop in which the encoders are trained: clipped gradients, a rate for each step, and a running
average of the weights, which is what ships."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

import torch
from torch import Tensor, nn

Batch = TypeVar("Batch")
Module = TypeVar("Module", bound=nn.Module)


def train(model: Module, optimizer: torch.optim.Optimizer, batches: Iterable[Batch], *, total: int,
          loss_of: Callable[[Batch], Tensor], rate: Callable[[float, int], float], average: float,
          report: int) -> Module:
    """Take a step per batch, `total` in all, and return the running average of the weights.

    `rate` gives the learning rate of a parameter group from its "peak" and the step, counted from
    0; `average` is the decay; a line of progress is printed every `report` steps.
    """
    averaged = copy.deepcopy(model)
    started = time.process_time()
    for step, batch in enumerate(batches, 1):
        for group in optimizer.param_groups:
            group["lr"] = rate(group["peak"], step - 1)
        loss = loss_of(batch)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        keep = min(average, step / (step + 9))
        with torch.no_grad():
            for mean, current in zip(averaged.parameters(), model.parameters()):
                mean.lerp_(current, 1 - keep)
        if step % report == 0 or step == total:
            minutes = (time.process_time() - started) / 60
            print(f"step {step}/{total} loss {loss.item():.3f} cpu {minutes:.1f} min", flush=True)
    return averaged
