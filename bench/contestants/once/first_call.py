"""What the first call of a step made by torch.compile costs, beside a later one. The cache on disk is off (the caller says so)."""

import json
import sys
import time

import torch
from torch import nn

from perceptron import perceptron

print(json.dumps({"name": f"PyTorch {torch.__version__.split('+')[0]} compiled"}), flush=True)
case = json.loads(sys.argv[1])
sizes, batch = case["sizes"], case["batch"]

model = perceptron(sizes)
loss_fn = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
x = torch.rand(batch, sizes[0])
labels = torch.arange(batch) % sizes[-1]


def timed(body):
    start = time.perf_counter()
    body()
    return (time.perf_counter() - start) * 1e3


forward, update = torch.compile(lambda: loss_fn(model(x), labels)), torch.compile(optimizer.step)


def step():
    optimizer.zero_grad()
    forward().backward()
    update()


first = timed(step)
# The second call finds momenta where the first found none, and compiles once more.
step()
later = sorted(timed(step) for _ in range(20))
print(json.dumps({"first": first, "later": later[10]}))
