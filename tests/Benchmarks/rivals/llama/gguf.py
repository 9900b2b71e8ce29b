"""Writes GGUF files, version 3: header, metadata, table of tensors, data aligned to 32 bytes.

Tensors are fp32 arrays [outputs, inputs]; each is stored in a type of ggml's, blocks running along
the inputs. `restore` undoes `pack`, so that a caller can see what a type costs in accuracy.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

import numpy as np

ALIGNMENT = 32
BLOCK = 32
U32, I32, F32, STRING, ARRAY = 4, 5, 6, 8, 9  # types of metadata values
TYPES = {"f32": 0, "f16": 1, "q4_0": 2, "q8_0": 8}  # of tensors
FILE_TYPES = {"f32": 0, "f16": 1, "q4_0": 2, "q8_0": 7}


def blocks_of(values: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(values, np.float32).reshape(-1, BLOCK)


def inverse(scales: np.ndarray) -> np.ndarray:
    return np.divide(1, scales, out=np.zeros_like(scales), where=scales != 0)


def pack_q8_0(values: np.ndarray) -> bytes:
    """A scale (fp16) and 32 signed bytes for each block."""
    blocks = blocks_of(values)
    scales = np.abs(blocks).max(1, keepdims=True) / 127
    levels = np.rint(blocks * inverse(scales)).astype(np.int8)
    return np.hstack([scales.astype("<f2").view(np.uint8), levels.view(np.uint8)]).tobytes()


def pack_q4_0(values: np.ndarray) -> bytes:
    """A scale (fp16) and 16 bytes for each block: values 0 to 15 in their lower halves, 16 to 31 in
    their upper ones, all less 8."""
    blocks = blocks_of(values)
    extreme = np.take_along_axis(blocks, np.abs(blocks).argmax(1)[:, None], 1)
    scales = extreme / -8
    levels = np.clip(np.floor(blocks * inverse(scales) + 8.5), 0, 15).astype(np.uint8)
    halves = levels[:, :BLOCK // 2] | levels[:, BLOCK // 2:] << 4
    return np.hstack([scales.astype("<f2").view(np.uint8), halves]).tobytes()


def pack(values: np.ndarray, kind: str) -> bytes:
    if kind in ("f32", "f16"):
        return values.astype("<f4" if kind == "f32" else "<f2").tobytes()
    return {"q8_0": pack_q8_0, "q4_0": pack_q4_0}[kind](values)


def restore(data: bytes, kind: str, shape: tuple[int, ...]) -> np.ndarray:
    if kind in ("f32", "f16"):
        return np.frombuffer(data, "<f4" if kind == "f32" else "<f2").reshape(shape).astype(np.float32)
    rows = np.frombuffer(data, np.uint8).reshape(-1, 2 + (BLOCK if kind == "q8_0" else BLOCK // 2))
    scales = rows[:, :2].copy().view("<f2").astype(np.float32)
    stored = rows[:, 2:]
    levels = (stored.copy().view(np.int8) if kind == "q8_0"
              else np.hstack([stored & 15, stored >> 4]).astype(np.int8) - 8)
    return (levels * scales).reshape(shape)


class Writer:
    def __init__(self, architecture: str):
        self.metadata: list[bytes] = []
        self.tensors: list[tuple[bytes, bytes]] = []  # what the table says of it, and its data
        self.offset = 0
        self.architecture = architecture
        self.text("general.architecture", architecture)

    def number(self, key: str, value: int | float) -> None:
        kind, form = (F32, "<f") if isinstance(value, float) else (U32, "<I")
        self.value(key, kind, struct.pack(form, value))

    def text(self, key: str, value: str) -> None:
        self.value(key, STRING, string(value))

    def texts(self, key: str, values: list[str]) -> None:
        self.value(key, ARRAY, struct.pack("<IQ", STRING, len(values)) + b"".join(map(string, values)))

    def integers(self, key: str, values: list[int]) -> None:
        self.value(key, ARRAY, struct.pack("<IQ", I32, len(values)) + np.array(values, "<i4").tobytes())

    def value(self, key: str, kind: int, encoded: bytes) -> None:
        self.metadata.append(string(key) + struct.pack("<I", kind) + encoded)

    def tensor(self, name: str, values: np.ndarray, kind: str) -> None:
        data = pack(values, kind)
        dimensions = values.shape[::-1]  # the fastest first
        entry = string(name) + struct.pack(f"<I{len(dimensions)}Q", len(dimensions), *dimensions)
        self.tensors.append((entry + struct.pack("<IQ", TYPES[kind], self.offset), data))
        self.offset += padded(len(data))

    def save(self, path: Path) -> None:
        with path.open("wb") as file:
            file.write(b"GGUF" + struct.pack("<IQQ", 3, len(self.tensors), len(self.metadata)))
            for part in self.metadata + [entry for entry, _ in self.tensors]:
                file.write(part)
            for data in [b""] + [data for _, data in self.tensors]:
                file.write(data)
                align(file)


def string(value: str) -> bytes:
    encoded = value.encode()
    return struct.pack("<Q", len(encoded)) + encoded


def padded(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT


def align(file: BinaryIO) -> None:
    file.write(bytes(padded(file.tell()) - file.tell()))
