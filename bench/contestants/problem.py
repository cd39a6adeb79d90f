"""The numbers of problem.ts, for contestants that take arrays of NumPy."""

import json

import numpy as np


def batch_of(sizes, batch):
    """Inputs [batch, sizes[0]] in [0, 1), and a label of sizes[-1] classes for each row."""
    i = np.arange(batch * sizes[0], dtype=np.int64)
    x = ((i * 7919) % 1000 / 1000).astype(np.float32).reshape(batch, sizes[0])
    return x, (np.arange(batch) * 31 % sizes[-1]).astype(np.int32)


def tensors_of(path):
    """The arrays of a safetensors file of floats and 32-bit integers, by name."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        content = file.read()
    types = {"F32": np.float32, "I32": np.int32}
    return {
        name: np.frombuffer(content[slice(*entry["data_offsets"])], types[entry["dtype"]]).reshape(entry["shape"])
        for name, entry in header.items()
        if name != "__metadata__"
    }


def problem_of(path):
    """The initial weights by name, and the batch, of a file of a network: see protocol.ts."""
    arrays = tensors_of(path)
    weights = {name.removeprefix("model."): x for name, x in arrays.items() if name.startswith("model.")}
    return weights, [arrays[f"batch.{i}"] for i in range(len(arrays) - len(weights))]
