"""TensorFlow as a contestant: argument `graph` (a tf.function, a call a step) or `xla` (compiled by XLA, many steps in one call)."""

import os
import sys

# It greets with warnings otherwise.
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import tensorflow as tf

from problem import batch_of
from serve import serve

XLA = sys.argv[1:] == ["xla"]


def prepare(case):
    if case["kind"] != "step":
        raise SystemExit(f"TensorFlow does not take part in {case['kind']}")
    sizes, batch = case["sizes"], case["batch"]
    count = case["steps"] if XLA else 1
    x, labels = map(tf.constant, batch_of(sizes, batch))
    uniform = lambda shape, bound: tf.Variable(tf.random.uniform(shape, -bound, bound))
    params = []
    for fan_in, fan_out in zip(sizes, sizes[1:]):
        params += [uniform([fan_in, fan_out], fan_in**-0.5), uniform([fan_out], fan_in**-0.5)]
    momentum = [tf.Variable(tf.zeros_like(p)) for p in params]

    def step():
        with tf.GradientTape() as tape:
            h = x
            for layer in range(0, len(params), 2):
                h = tf.matmul(h, params[layer]) + params[layer + 1]
                if layer + 2 < len(params):
                    h = tf.nn.relu(h)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, h))
        for p, m, g in zip(params, momentum, tape.gradient(loss, params)):
            m.assign(0.9 * m + g)
            p.assign_sub(0.01 * m)
        return loss

    @tf.function(jit_compile=XLA)
    def steps():
        loss = step()
        for _ in tf.range(count - 1):
            loss = step()
        return loss

    loss = None

    def run():
        nonlocal loss
        loss = float(steps())

    return run, lambda: loss, count


serve(f"TensorFlow {tf.__version__} {'XLA loop' if XLA else 'graph'}", prepare)
