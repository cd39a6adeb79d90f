import jax
import jax.numpy as jnp

from .training_jax import cross_entropy, linear, sgd


def conv(w, name, x, stride=1):
    kernel = w[f"{name}.weight"]
    return jax.lax.conv_general_dilated(x, kernel, (stride, stride), [(kernel.shape[-1] // 2,) * 2] * 2)


def batch_norm(w, name, x):
    mean, variance = (f(x, (0, 2, 3), keepdims=True) for f in (jnp.mean, jnp.var))
    factor, offset = (w[f"{name}.{part}"][:, None, None] for part in ("weight", "bias"))
    return (x - mean) * jax.lax.rsqrt(variance + 1e-5) * factor + offset


def block(w, name, x, stride):
    inner = jax.nn.relu(batch_norm(w, f"{name}.bn1", conv(w, f"{name}.conv1", x, stride)))
    if f"{name}.shortcut.0.weight" in w:
        x = batch_norm(w, f"{name}.shortcut.1", conv(w, f"{name}.shortcut.0", x, stride))
    return jax.nn.relu(batch_norm(w, f"{name}.bn2", conv(w, f"{name}.conv2", inner)) + x)


def loss(w, batch, sizes):
    images, labels = batch
    x = jax.nn.relu(batch_norm(w, "1", conv(w, "0", images)))
    count = 3 * sizes["blocks"]
    for i in range(count):
        x = block(w, f"{3 + i}", x, 2 if i > 0 and i % sizes["blocks"] == 0 else 1)
    return cross_entropy(linear(w, f"{5 + count}", x.mean((2, 3))), labels)


optimizer = sgd(0.01, momentum=0.9, weight_decay=1e-4)
