import torch
from torch import nn
from torch.nn import functional as F

from .network import supervised


def stage(inputs, outputs, kernel, stride=1):
    return nn.Conv1d(inputs, outputs, kernel, stride=stride), nn.BatchNorm1d(outputs), nn.ReLU(), nn.MaxPool1d(4)


def model(width, classes, **_):
    return nn.Sequential(
        *stage(1, width, 80, 16),
        *stage(width, width, 3),
        *stage(width, 2 * width, 3),
        *stage(2 * width, 2 * width, 3),
        nn.AdaptiveAvgPool1d(1),
        nn.Flatten(),
        nn.Linear(2 * width, classes),
        nn.LogSoftmax(1),
    )


train = supervised(
    lambda model, x, y: F.nll_loss(model(x), y),
    lambda parameters: torch.optim.Adam(parameters, lr=1e-3, weight_decay=1e-4, fused=True),
)
