"""Epochs of MNIST in PyTorch, from the files to the accuracy on the test images: the same network, optimizer and batches."""

import json
import os
import sys

import torch
from torch import nn

from perceptron import perceptron

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from peak_memory import peak_memory

print(json.dumps({"name": f"PyTorch {torch.__version__.split('+')[0]}"}), flush=True)
given = json.loads(sys.argv[1])
sizes, batch = given["sizes"], given["batch"]


def read(name):
    """The bytes of an IDX file without its header, a row for each sample."""
    path = f"{given['dir']}/{name}"
    content = bytearray(os.path.getsize(path))
    with open(path, "rb") as file:
        file.readinto(content)
    count = int.from_bytes(content[4:8], "big")
    return torch.frombuffer(content, dtype=torch.uint8, offset=4 + 4 * content[3]).reshape(count, -1)


def normalised(images):
    return images.float().div_(255).sub_(0.1307).div_(0.3081)


torch.manual_seed(given["seed"])
images, test_images = read("train-images-idx3-ubyte"), read("t10k-images-idx3-ubyte")
labels, test_labels = (read(name).reshape(-1).long() for name in ("train-labels-idx1-ubyte", "t10k-labels-idx1-ubyte"))
if given["images"] == "floats":
    images, test_images = normalised(images), normalised(test_images)
as_input = normalised if given["images"] == "bytes" else lambda floats: floats

model = perceptron(sizes)
loss_fn = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)

for _ in range(given["epochs"]):
    for rows in torch.randperm(len(images)).split(batch):
        optimizer.zero_grad()
        loss_fn(model(as_input(images[rows])), labels[rows]).backward()
        optimizer.step()

with torch.no_grad():
    pairs = zip(test_images.split(256), test_labels.split(256))
    correct = sum((model(as_input(x)).argmax(1) == y).sum().item() for x, y in pairs)
print(json.dumps({"accuracy": correct / len(test_images), "peak": peak_memory()}))
