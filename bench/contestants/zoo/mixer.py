import torch
from torch import nn
from torch.nn import functional as F

from .network import supervised


def perceptron(width, hidden):
    return nn.Sequential(nn.Linear(width, hidden), nn.GELU(), nn.Linear(hidden, width))


class Block(nn.Module):
    def __init__(self, patches, width, tokens, channels):
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.tokens = perceptron(patches, tokens)
        self.norm2 = nn.LayerNorm(width)
        self.channels = perceptron(width, channels)

    def forward(self, x):
        x = x + self.tokens(self.norm1(x).transpose(1, 2)).transpose(1, 2)
        return x + self.channels(self.norm2(x))


class Mixer(nn.Module):
    def __init__(self, layers, width, tokens, channels, patch, size, **_):
        super().__init__()
        self.patches = nn.Conv2d(3, width, patch, stride=patch)
        count = (size // patch) ** 2
        self.blocks = nn.Sequential(*(Block(count, width, tokens, channels) for _ in range(layers)))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, 10)

    def forward(self, images):
        x = self.patches(images).flatten(2).transpose(1, 2)
        return self.head(self.norm(self.blocks(x)).mean(1))


model = Mixer
train = supervised(
    lambda model, x, y: F.cross_entropy(model(x), y),
    lambda parameters: torch.optim.AdamW(parameters, lr=1e-3, weight_decay=0.1, fused=True),
)
