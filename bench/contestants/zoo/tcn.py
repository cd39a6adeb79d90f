import torch
from torch import nn
from torch.nn import functional as F

from .network import supervised


class Level(nn.Module):
    def __init__(self, width, dilation):
        super().__init__()
        self.dilation = dilation
        self.conv1 = nn.Conv1d(width, width, 3, dilation=dilation)
        self.conv2 = nn.Conv1d(width, width, 3, dilation=dilation)

    def causal(self, conv, x):
        """Zeros before the first step, so that no step sees a later one."""
        return F.relu(conv(F.pad(x, (2 * self.dilation, 0))))

    def forward(self, x):
        return F.relu(self.causal(self.conv2, self.causal(self.conv1, x)) + x)


class Tcn(nn.Module):
    def __init__(self, vocabulary, width, levels, **_):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, width)
        self.levels = nn.Sequential(*(Level(width, 2**level) for level in range(levels)))
        self.head = nn.Linear(width, vocabulary)

    def forward(self, tokens):
        x = self.levels(self.embedding(tokens).transpose(1, 2))
        return self.head(x.transpose(1, 2))


model = Tcn
train = supervised(
    lambda model, x, y: F.cross_entropy(model(x).flatten(0, 1), y.flatten()),
    lambda parameters: torch.optim.Adam(parameters, lr=1e-3, fused=True),
)
