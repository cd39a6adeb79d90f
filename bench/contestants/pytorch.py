"""PyTorch as a contestant: see protocol.ts."""

import json
import sys
import time

import torch
from torch import nn


def batch_of(inputs, classes, batch):
    i = torch.arange(batch * inputs, dtype=torch.int64)
    x = (((i * 7919) % 1000).double() / 1000).float().reshape(batch, inputs)
    return x, (torch.arange(batch, dtype=torch.int64) * 31) % classes


def prepare(case):
    sizes, batch = case["sizes"], case["batch"]
    layers = []
    for i in range(len(sizes) - 1):
        if i > 0:
            layers.append(nn.ReLU())
        layers.append(nn.Linear(sizes[i], sizes[i + 1]))
    model = nn.Sequential(*layers)
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    x, labels = batch_of(sizes[0], sizes[-1], batch)

    def step():
        optimizer.zero_grad()
        loss = loss_fn(model(x), labels)
        loss.backward()
        optimizer.step()
        return loss

    for _ in range(3):
        step()
    return step


prepared = {}


def run(request):
    key = json.dumps(request["case"])
    step = prepared.get(key)
    if step is None:
        step = prepared[key] = prepare(request["case"])
    samples = []
    end = time.perf_counter() + request["milliseconds"] / 1000
    while True:
        start = time.perf_counter()
        loss = step()
        now = time.perf_counter()
        samples.append((now - start) * 1e6)
        if now >= end and len(samples) >= 3:
            return {"samples": samples, "check": loss.item()}


print(json.dumps({"name": f"PyTorch {torch.__version__} eager"}), flush=True)
for line in sys.stdin:
    print(json.dumps(run(json.loads(line))), flush=True)
