"""A training step of a network of the zoo, in JAX. Running statistics of batch normalization are not kept."""

import time
from importlib import import_module

import jax.numpy as jnp

from peak_memory import peak_memory
from problem import problem_of
from zoo.training_jax import training


def prepare_network(case):
    network = import_module(f"zoo.{case['network']}_jax")
    weights, batch = problem_of(case["file"])
    statistics = ("running_mean", "running_var", "num_batches_tracked")
    weights = {name: jnp.asarray(x) for name, x in weights.items() if not name.endswith(statistics)}
    batch = [jnp.asarray(x) for x in batch]
    start, step = training(network.loss, network.optimizer, case["sizes"])
    parameters = sum(x.size for x in weights.values())
    state, last = start(weights), None

    def run():
        nonlocal state, last
        state, last = step(state, batch)
        last.block_until_ready()

    losses, began = [], time.perf_counter()
    for _ in range(case["compared"]):
        run()
        losses.append(float(last))
        if len(losses) == 1:
            first = (time.perf_counter() - began) * 1e3
    facts = {"losses": losses, "first": first, "peak": peak_memory(), "parameters": parameters}
    return run, lambda: float(last), 1, facts
