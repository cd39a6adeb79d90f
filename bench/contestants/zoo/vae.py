import torch
from torch import nn
from torch.nn import functional as F

from .network import supervised


class Autoencoder(nn.Module):
    def __init__(self, inputs, hidden, latent, **_):
        super().__init__()
        self.encoder = nn.Linear(inputs, hidden)
        self.mean = nn.Linear(hidden, latent)
        self.spread = nn.Linear(hidden, latent)
        self.decoder1 = nn.Linear(latent, hidden)
        self.decoder2 = nn.Linear(hidden, inputs)

    def forward(self, x):
        h = F.relu(self.encoder(x))
        mean, log_variance = self.mean(h), self.spread(h)
        z = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean) if self.training else mean
        return torch.sigmoid(self.decoder2(F.relu(self.decoder1(z)))), mean, log_variance


def loss(model, x):
    y, mean, log_variance = model(x)
    divergence = -0.5 * torch.sum(1 + log_variance - mean.square() - log_variance.exp())
    return F.binary_cross_entropy(y, x, reduction="sum") + divergence


model = Autoencoder
train = supervised(loss, lambda parameters: torch.optim.Adam(parameters, lr=1e-3, fused=True))
