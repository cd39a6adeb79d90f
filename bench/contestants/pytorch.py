"""PyTorch as a contestant; with the argument `compile`, torch.compile (it needs a C++ compiler)."""

import sys
from functools import partial

import torch
from torch import nn

from generation import prepare_generation
from network_step import prepare_network
from once.perceptron import perceptron
from serve import serve

COMPILED = "compile" in sys.argv[1:]
SOFTMAX_WIDTH = 100


def pattern(n, low, high):
    i = torch.arange(n, dtype=torch.int64)
    return (low + (high - low) * ((i * 7919) % 1000).double() / 1000).float()


def prepare_step(case):
    sizes, batch = case["sizes"], case["batch"]
    x = pattern(batch * sizes[0], 0, 1).reshape(batch, sizes[0])
    return training_step(perceptron(sizes), x, sizes[-1])


def prepare_convolution(case):
    channels, size, batch = case["channels"], case["size"], case["batch"]
    layers = []
    for a, b in zip(channels, channels[1:]):
        layers += [nn.Conv2d(a, b, 3, padding=1, bias=False), nn.BatchNorm2d(b), nn.ReLU(), nn.MaxPool2d(2)]
    left = size >> (len(channels) - 1)
    model = nn.Sequential(*layers, nn.Flatten(), nn.Linear(channels[-1] * left * left, 10))
    x = pattern(batch * channels[0] * size * size, 0, 1).reshape(batch, channels[0], size, size)
    return training_step(model, x, 10)


def training_step(model, x, classes):
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    labels = (torch.arange(len(x), dtype=torch.int64) * 31) % classes

    def loss_of():
        return loss_fn(model(x), labels)

    forward, update = (torch.compile(loss_of), torch.compile(optimizer.step)) if COMPILED else (loss_of, optimizer.step)
    last = None

    def step():
        nonlocal last
        optimizer.zero_grad()
        last = forward()
        last.backward()
        update()

    return step, lambda: last.item()


def prepare_inference(case):
    sizes, batch = case["sizes"], case["batch"]
    model = perceptron(sizes)
    forward = torch.compile(model) if COMPILED else model
    x = pattern(batch * sizes[0], 0, 1).reshape(batch, sizes[0])
    return lambda: forward(x), lambda: forward(x).sum().item()


def mean_of(out):
    return out.reshape(-1)[:1000].double().mean().item()


def prepare_optimizer(case):
    op, n = case["op"], case["elements"]
    p, g = pattern(n, -1, 1), pattern(n, -0.1, 0.1)
    if case["output"] == "new":
        p.requires_grad_(True)
        p.grad = g
        make = torch.optim.SGD if op == "sgd" else torch.optim.Adam
        extra = {"momentum": 0.9} if op == "sgd" else {}
        return make([p], lr=1e-3, fused=True, **extra).step, lambda: 0
    m, v, step = torch.zeros(n), torch.zeros(n), torch.tensor(2.0)
    if op == "sgd":
        named = {"weight_decay": 0, "momentum": 0.9, "lr": 1e-3, "dampening": 0, "nesterov": False, "maximize": False, "is_first_step": False}
        return lambda: torch._fused_sgd_([p], [g], [m], **named), lambda: 0
    named = {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "weight_decay": 0, "eps": 1e-8, "amsgrad": False, "maximize": False}
    return lambda: torch._fused_adam_([p], [g], [m], [v], [], [step], **named), lambda: 0


def prepare_elementwise(case):
    op, n, given = case["op"], case["elements"], case["output"] == "given"
    if op in ("sgd", "adam"):
        return prepare_optimizer(case)
    low, high = (0.1, 4) if op == "log" else (-3, 3)
    x, y = pattern(n, low, high), pattern(n, low + 1, high + 1)
    if op == "softmax":
        x = x.reshape(-1, SOFTMAX_WIDTH)
    out = torch.empty(()) if op in ("sum", "max") else torch.empty_like(x)
    into = {
        "add": lambda: torch.add(x, y, out=out),
        "mul": lambda: torch.mul(x, y, out=out),
        # relu has no `out`: this is the same function.
        "relu": lambda: torch.clamp_min(x, 0, out=out),
        "gelu": lambda: torch._C._nn.gelu(x, out=out),
        "softmax": lambda: torch._softmax(x, 1, False, out=out),
        "sum": lambda: torch.sum(x, 0, out=out),
        "max": lambda: torch.amax(x, 0, out=out),
        "erf": lambda: torch.special.erf(x, out=out),
    }
    fresh = {
        "add": lambda: torch.add(x, y),
        "mul": lambda: torch.mul(x, y),
        "gelu": lambda: nn.functional.gelu(x),
        "softmax": lambda: torch.softmax(x, 1),
        "sum": lambda: torch.sum(x),
        "max": lambda: torch.max(x),
    }
    function = getattr(torch, op, None)
    if given:
        return into.get(op, lambda: function(x, out=out)), lambda: mean_of(out)
    call = fresh.get(op, lambda: function(x))
    return call, lambda: mean_of(call())


def prepare(case):
    # A leaf's gradient and step() need gradients; everything else here does without.
    torch.set_grad_enabled(case["kind"] in ("step", "convolution", "network"))
    if case["kind"] == "network":
        # Shapes are fixed. Else torch takes those of a second optimizer for dynamic ones, and PyTorch 2.13
        # fails to compile its step.
        ready = partial(torch.compile, dynamic=False) if COMPILED else lambda function: function
        return prepare_network(case, ready)
    if case["kind"] == "generation":
        return prepare_generation(case, COMPILED)
    return {"step": prepare_step, "convolution": prepare_convolution, "inference": prepare_inference, "elementwise": prepare_elementwise}[case["kind"]](case)


serve(f"PyTorch {torch.__version__.split('+')[0]} {'compiled' if COMPILED else 'eager'}", prepare)
