import jax
import jax.numpy as jnp

from .training_jax import linear, sgd


def loss(w, batch, sizes):
    x, y = batch
    rows = [w[f"tables.{i}.weight"][x[:, i]] for i in range(sizes["features"])]
    hidden = jax.nn.relu(linear(w, "mlp.0", jnp.concatenate(rows, 1)))
    logits = linear(w, "mlp.2", hidden)[:, 0]
    return -jnp.mean(y * jax.nn.log_sigmoid(logits) + (1 - y) * jax.nn.log_sigmoid(-logits))


optimizer = sgd(0.1)
