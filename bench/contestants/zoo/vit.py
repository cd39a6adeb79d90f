import torch
from torch import nn
from torch.nn import functional as F

from .block import Block
from .network import supervised


class Vit(nn.Module):
    def __init__(self, layers, heads, width, patch, size, **_):
        super().__init__()
        self.patches = nn.Conv2d(3, width, patch, stride=patch)
        self.token = nn.Parameter(torch.zeros(1, 1, width))
        self.positions = nn.Parameter(torch.zeros(1, (size // patch) ** 2 + 1, width))
        self.blocks = nn.Sequential(*(Block(width, heads, False, True) for _ in range(layers)))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, 10)

    def forward(self, images):
        patches = self.patches(images).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(len(images), -1, -1), patches], 1) + self.positions
        return self.head(self.norm(self.blocks(x)[:, 0]))


model = Vit
train = supervised(
    lambda model, x, y: F.cross_entropy(model(x), y),
    lambda parameters: torch.optim.AdamW(parameters, lr=1e-3, weight_decay=0.05, fused=True),
)
