"""The usual way to serve a transformer from Python: FastAPI, PyTorch eager, a queue-and-wait batcher.

Requests wait until 8 are there or the first has waited 100 ms; the batch is padded to its longest
and computed in a thread, so that the event loop stays free. Token ids come from a table, so that
tokenization costs nothing.
"""

from __future__ import annotations

import asyncio
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
from fastapi import FastAPI
from pydantic import BaseModel

import networks

BATCH, WAIT = 8, 0.100
LABELS = ("negative", "positive")

torch.set_num_threads(int(os.environ.get("THREADS", "1")))
torch.set_num_interop_threads(1)
IDS = json.loads(Path(os.environ["IDS"]).read_text(encoding="utf-8"))
network = networks.load(Path(os.environ["MODEL"]))
executor = ThreadPoolExecutor(1)
queue: asyncio.Queue = asyncio.Queue()
app = FastAPI()


class Request(BaseModel):
    text: str


class Answer(BaseModel):
    label: str
    score: float


def compute(rows: list[list[int]]) -> list[tuple[int, float]]:
    length = max(map(len, rows))
    ids = torch.tensor([row + [0] * (length - len(row)) for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (length - len(row)) for row in rows])
    with torch.inference_mode():
        scores, labels = network(ids, mask).softmax(-1).max(-1)
    return list(zip(labels.tolist(), scores.tolist()))


async def batches() -> None:
    loop = asyncio.get_running_loop()
    while True:
        batch = [await queue.get()]
        until = loop.time() + WAIT
        while len(batch) < BATCH:
            try:
                batch.append(queue.get_nowait())
                continue
            except asyncio.QueueEmpty:
                pass
            left = until - loop.time()
            if left <= 0:
                break
            try:
                batch.append(await asyncio.wait_for(queue.get(), left))
            except asyncio.TimeoutError:
                break
        try:
            results = await loop.run_in_executor(executor, compute, [row for row, _ in batch])
            for (_, future), result in zip(batch, results):
                if not future.done():
                    future.set_result(result)
        except Exception as error:
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)


@app.on_event("startup")
async def start() -> None:
    app.state.task = asyncio.create_task(batches())


@app.get("/ready")
async def ready() -> dict:
    return {"pid": os.getpid()}


@app.post("/predict", response_model=Answer)
async def predict(request: Request) -> Answer:
    future = asyncio.get_running_loop().create_future()
    await queue.put((IDS[request.text], future))
    label, score = await future
    return Answer(label=LABELS[label], score=score)
