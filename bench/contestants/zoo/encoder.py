import torch
from torch import nn
from torch.nn import functional as F

from .network import supervised


class Classifier(nn.Module):
    def __init__(self, vocabulary, layers, heads, width, hidden, length, classes, **_):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.positions = nn.Parameter(torch.zeros(length, width))
        layer = nn.TransformerEncoderLayer(width, heads, hidden, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, layers)
        self.head = nn.Linear(width, classes)

    def forward(self, x):
        return self.head(self.encoder(self.tokens(x) + self.positions).mean(1))


model = Classifier
train = supervised(
    lambda model, x, y: F.cross_entropy(model(x), y),
    lambda parameters: torch.optim.Adam(parameters, lr=1e-3, fused=True),
)
