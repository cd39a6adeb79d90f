import torch
from torch import nn
from torch.nn import functional as F

from .block import Block
from .network import supervised


class Gpt(nn.Module):
    def __init__(self, layers, heads, width, context, vocabulary, bias, **_):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.positions = nn.Embedding(context, width)
        self.blocks = nn.ModuleList(Block(width, heads, True, bias == 1) for _ in range(layers))
        self.norm = nn.LayerNorm(width, bias=bias == 1)
        for table in (self.tokens, self.positions):
            nn.init.normal_(table.weight, std=0.02)

    def forward(self, tokens):
        x = self.tokens(tokens) + self.positions(torch.arange(tokens.shape[1]))
        for block in self.blocks:
            x = block(x)
        return F.linear(self.norm(x), self.tokens.weight)


def batch(batch, length, vocabulary, **_):
    return torch.randint(vocabulary, (batch, length)), torch.randint(vocabulary, (batch, length))


model = Gpt
train = supervised(
    lambda model, x, y: F.cross_entropy(model(x).flatten(0, 1), y.flatten()),
    lambda parameters: torch.optim.AdamW(parameters, lr=1e-3, weight_decay=0.1, fused=True),
)
