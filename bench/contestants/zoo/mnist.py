import torch
from torch import nn
from torch.nn import functional as F

from .network import supervised


def model(**_):
    return nn.Sequential(
        nn.Conv2d(1, 32, 3),
        nn.ReLU(),
        nn.Conv2d(32, 64, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Dropout(0.25),
        nn.Flatten(),
        nn.Linear(64 * 12 * 12, 128),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(128, 10),
        nn.LogSoftmax(1),
    )


train = supervised(
    lambda model, x, y: F.nll_loss(model(x), y),
    lambda parameters: torch.optim.Adadelta(parameters, lr=1),
)
