import jax
import jax.numpy as jnp

from .training_jax import cross_entropy, linear, sgd


def conv(w, name, x, padding):
    y = jax.lax.conv_general_dilated(x, w[f"{name}.weight"], (1, 1), [(padding, padding)] * 2)
    return y + w[f"{name}.bias"][:, None, None]


def halved(x):
    """The means of squares of 2 x 2."""
    batch, channels, height, width = x.shape
    return x.reshape(batch, channels, height // 2, 2, width // 2, 2).mean((3, 5))


def loss(w, batch, sizes):
    images, labels = batch
    x = halved(jnp.tanh(conv(w, "0", images, 2)))
    x = halved(jnp.tanh(conv(w, "3", x, 0))).reshape(len(images), -1)
    x = jnp.tanh(linear(w, "9", jnp.tanh(linear(w, "7", x))))
    return cross_entropy(linear(w, "11", x), labels)


optimizer = sgd(0.01, momentum=0.9)
