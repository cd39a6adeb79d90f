"""A large network in PyTorch: a training step, or a forward pass without gradients; its time and its memory."""

import json
import os
import sys
import time
from importlib import import_module

import torch

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from peak_memory import peak_memory

given = json.loads(sys.argv[1])
ready = torch.compile if given["compiled"] else lambda function: function
print(json.dumps({"name": f"PyTorch {torch.__version__.split('+')[0]} {'compiled' if given['compiled'] else 'eager'}"}), flush=True)

torch.manual_seed(0)
network = import_module(f"zoo.{given['network']}")
model, batch = network.model(**given["sizes"]), network.batch(**given["sizes"])
if given["task"] == "step":
    call = network.train(model, ready)
else:
    model.eval()
    forward = ready(model)

    def call(x, _):
        with torch.inference_mode():
            return forward(x)


def timed():
    start = time.perf_counter()
    result = call(*batch)
    return (time.perf_counter() - start) * 1e3, result


first, result = timed()
value = result.item() if given["task"] == "step" else result.square().mean().item()
best = min(timed()[0] for _ in range(given["calls"]))
parameters = sum(p.numel() for p in model.parameters())
print(json.dumps({"parameters": parameters, "first": first, "best": best, "peak": peak_memory(), "value": value}))
