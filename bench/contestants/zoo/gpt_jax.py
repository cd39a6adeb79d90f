import jax
import jax.numpy as jnp

from .training_jax import adam, cross_entropy, layer_norm, linear


def block(w, name, x, heads):
    batch, length, width = x.shape
    qkv = linear(w, f"{name}.qkv", layer_norm(w, f"{name}.norm1", x))
    q, k, v = (part.reshape(batch, length, heads, width // heads) for part in jnp.split(qkv, 3, -1))
    attended = jax.nn.dot_product_attention(q, k, v, is_causal=True).reshape(batch, length, width)
    x = x + linear(w, f"{name}.proj", attended)
    hidden = jax.nn.gelu(linear(w, f"{name}.up", layer_norm(w, f"{name}.norm2", x)), approximate=False)
    return x + linear(w, f"{name}.down", hidden)


def loss(w, batch, sizes):
    tokens, targets = batch
    x = w["tokens.weight"][tokens] + w["positions.weight"][: tokens.shape[1]]
    for layer in range(sizes["layers"]):
        x = block(w, f"blocks.{layer}", x, sizes["heads"])
    return cross_entropy(layer_norm(w, "norm", x) @ w["tokens.weight"].T, targets)


optimizer = adam(1e-3, weight_decay=0.1)
