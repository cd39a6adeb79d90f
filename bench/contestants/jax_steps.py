"""JAX as a contestant: argument `jit` (a call a step) or `scan` (many steps in one call)."""

import sys

import jax
import jax.numpy as jnp

from jax_network import prepare_network
from problem import batch_of
from serve import serve

SCAN = sys.argv[1:] == ["scan"]


def prepare(case):
    if case["kind"] == "network":
        return prepare_network(case)
    if case["kind"] != "step":
        raise SystemExit(f"JAX does not take part in {case['kind']}")
    sizes, batch = case["sizes"], case["batch"]
    count = case["steps"] if SCAN else 1
    x, labels = map(jnp.asarray, batch_of(sizes, batch))
    keys = jax.random.split(jax.random.key(0), 2 * (len(sizes) - 1))
    params = []
    for layer in range(len(sizes) - 1):
        bound = sizes[layer] ** -0.5
        w = jax.random.uniform(keys[2 * layer], (sizes[layer], sizes[layer + 1]), minval=-bound, maxval=bound)
        b = jax.random.uniform(keys[2 * layer + 1], (sizes[layer + 1],), minval=-bound, maxval=bound)
        params.append((w, b))
    momentum = jax.tree.map(jnp.zeros_like, params)

    def loss_of(params):
        h = x
        for layer, (w, b) in enumerate(params):
            h = h @ w + b
            if layer + 1 < len(params):
                h = jax.nn.relu(h)
        return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(h), labels[:, None], 1))

    def step(state, _):
        params, momentum = state
        loss, g = jax.value_and_grad(loss_of)(params)
        momentum = jax.tree.map(lambda m, g: 0.9 * m + g, momentum, g)
        params = jax.tree.map(lambda p, m: p - 0.01 * m, params, momentum)
        return (params, momentum), loss

    def steps(state):
        if not SCAN:
            return step(state, None)
        state, losses = jax.lax.scan(step, state, None, length=count)
        return state, losses[-1]

    run_steps = jax.jit(steps, donate_argnums=0)
    state, loss = (params, momentum), None

    def run():
        nonlocal state, loss
        state, loss = run_steps(state)
        loss.block_until_ready()

    return run, lambda: float(loss), count


serve(f"JAX {jax.__version__} {sys.argv[1] if len(sys.argv) > 1 else 'jit'}", prepare)
