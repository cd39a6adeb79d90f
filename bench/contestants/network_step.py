"""A training step of a network of the zoo, in PyTorch."""

import time
from importlib import import_module

import torch

from peak_memory import peak_memory
from problem import problem_of


def prepare_network(case, ready):
    network = import_module(f"zoo.{case['network']}")
    weights, batch = problem_of(case["file"])
    model = network.model(**case["sizes"])
    # Copies, because memory of the file cannot be written. Other names or shapes are an error.
    model.load_state_dict({name: torch.tensor(x) for name, x in weights.items()})
    batch = [torch.tensor(x, dtype=torch.int64 if x.dtype.kind == "i" else None) for x in batch]
    step = network.train(model, ready)

    model.train(not case["random"])
    start = time.perf_counter()
    losses = [step(*batch)]
    first = (time.perf_counter() - start) * 1e3
    losses += [step(*batch) for _ in range(case["compared"] - 1)]
    losses = [loss.item() for loss in losses]
    model.train()
    last = step(*batch)

    parameters = sum(p.numel() for p in model.parameters())
    facts = {"losses": losses, "first": first, "peak": peak_memory(), "parameters": parameters}

    def run():
        nonlocal last
        last = step(*batch)

    return run, lambda: last.item(), 1, facts
