import jax
import jax.numpy as jnp

from .training_jax import adam, cross_entropy, layer_norm, linear


def perceptron(w, name, x):
    return linear(w, f"{name}.2", jax.nn.gelu(linear(w, f"{name}.0", x), approximate=False))


def loss(w, batch, sizes):
    images, labels = batch
    kernel, patch = w["patches.weight"], sizes["patch"]
    maps = jax.lax.conv_general_dilated(images, kernel, (patch, patch), "VALID")
    x = maps.reshape(*maps.shape[:2], -1).swapaxes(1, 2) + w["patches.bias"]
    for layer in range(sizes["layers"]):
        name = f"blocks.{layer}"
        x = x + perceptron(w, f"{name}.tokens", layer_norm(w, f"{name}.norm1", x).swapaxes(1, 2)).swapaxes(1, 2)
        x = x + perceptron(w, f"{name}.channels", layer_norm(w, f"{name}.norm2", x))
    return cross_entropy(linear(w, "head", layer_norm(w, "norm", x).mean(1)), labels)


optimizer = adam(1e-3, weight_decay=0.1)
