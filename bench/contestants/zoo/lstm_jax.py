import jax
import jax.numpy as jnp

from .training_jax import adam, cross_entropy, linear


def loss(w, batch, sizes):
    tokens, targets = batch
    x = w["embedding.weight"][tokens.T]
    inputs = x @ w["lstm.weight_ih_l0"].T + (w["lstm.bias_ih_l0"] + w["lstm.bias_hh_l0"])
    start = jnp.zeros((len(tokens), sizes["hidden"]))

    def step(state, ahead):
        h, c = state
        i, f, g, o = jnp.split(ahead + h @ w["lstm.weight_hh_l0"].T, 4, -1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        return (h, c), h

    _, states = jax.lax.scan(step, (start, start), inputs)
    return cross_entropy(linear(w, "head", states), targets.T)


optimizer = adam(2e-3)
