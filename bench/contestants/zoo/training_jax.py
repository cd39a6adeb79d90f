"""Steps of networks in JAX. A network is a function `loss(weights, batch, sizes)`; weights have the names and the layout of PyTorch."""

import jax
import jax.numpy as jnp


def linear(w, name, x):
    bias = w.get(f"{name}.bias")
    product = x @ w[f"{name}.weight"].T
    return product if bias is None else product + bias


def layer_norm(w, name, x):
    mean = x.mean(-1, keepdims=True)
    y = (x - mean) * jax.lax.rsqrt(x.var(-1, keepdims=True) + 1e-5) * w[f"{name}.weight"]
    return y + w[f"{name}.bias"] if f"{name}.bias" in w else y


def cross_entropy(logits, labels):
    return -jnp.take_along_axis(jax.nn.log_softmax(logits), labels[..., None], -1).mean()


def sgd(lr, momentum=0.0, weight_decay=0.0):
    def update(p, g, state, _):
        if weight_decay != 0:
            g = g + weight_decay * p
        if momentum == 0:
            return p - lr * g, state
        buffer = momentum * state[0] + g
        return p - lr * buffer, (buffer,)

    return (0 if momentum == 0 else 1), update


def adam(lr, weight_decay=0.0):
    """Adam; with a weight decay AdamW."""

    def update(p, g, state, step):
        m = 0.9 * state[0] + 0.1 * g
        v = 0.999 * state[1] + 0.001 * g * g
        size = jnp.sqrt(v / (1 - 0.999**step)) + 1e-8
        return p * (1 - lr * weight_decay) - lr * (m / (1 - 0.9**step)) / size, (m, v)

    return 2, update


def training(loss, optimizer, sizes):
    """The first state of the training of given weights, and its step: (state, batch) to (state, loss)."""
    buffers, update = optimizer

    def start(weights):
        return weights, {name: tuple(jnp.zeros_like(p) for _ in range(buffers)) for name, p in weights.items()}, jnp.zeros(())

    def step(state, batch):
        weights, held, count = state
        value, gradients = jax.value_and_grad(loss)(weights, batch, sizes)
        both = {name: update(p, gradients[name], held[name], count + 1) for name, p in weights.items()}
        new = {name: p for name, (p, _) in both.items()}, {name: state for name, (_, state) in both.items()}, count + 1
        return new, value

    return start, jax.jit(step, donate_argnums=0)
