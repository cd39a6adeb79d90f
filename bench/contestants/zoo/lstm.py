import torch
from torch import nn
from torch.nn import functional as F

from .network import supervised


class CharacterModel(nn.Module):
    def __init__(self, vocabulary, width, hidden, **_):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, width)
        self.lstm = nn.LSTM(width, hidden, batch_first=True)
        self.head = nn.Linear(hidden, vocabulary)

    def forward(self, x):
        return self.head(self.lstm(self.embedding(x))[0])


model = CharacterModel
train = supervised(
    lambda model, x, y: F.cross_entropy(model(x).flatten(0, 1), y.flatten()),
    lambda parameters: torch.optim.Adam(parameters, lr=2e-3, fused=True),
)
