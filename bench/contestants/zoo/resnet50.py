import torch
from torch import nn
from torch.nn import functional as F

from .network import supervised


def conv(inputs, outputs, kernel, stride=1):
    padding = kernel // 2
    layer = nn.Conv2d(inputs, outputs, kernel, stride=stride, padding=padding, bias=False)
    return layer, nn.BatchNorm2d(outputs)


class Bottleneck(nn.Module):
    """A narrow convolution between two of 1 x 1."""

    def __init__(self, inputs, width, stride):
        super().__init__()
        outputs = 4 * width
        self.body = nn.Sequential(
            *conv(inputs, width, 1),
            nn.ReLU(),
            *conv(width, width, 3, stride),
            nn.ReLU(),
            *conv(width, outputs, 1),
        )
        self.shortcut = nn.Sequential(*(() if inputs == outputs else conv(inputs, outputs, 1, stride)))

    def forward(self, x):
        return F.relu(self.body(x) + self.shortcut(x))


def model(**_):
    layers = [*conv(3, 64, 7, 2), nn.ReLU(), nn.MaxPool2d(3, stride=2, padding=1)]
    inputs = 64
    for stage, blocks in enumerate([3, 4, 6, 3]):
        for i in range(blocks):
            width = 64 << stage
            layers.append(Bottleneck(inputs, width, 2 if stage > 0 and i == 0 else 1))
            inputs = 4 * width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, 1000))


def batch(batch, size, **_):
    return torch.randn(batch, 3, size, size), torch.randint(1000, (batch,))


train = supervised(
    lambda model, x, y: F.cross_entropy(model(x), y),
    lambda parameters: torch.optim.SGD(parameters, lr=0.01, momentum=0.9, weight_decay=1e-4, fused=True),
)
