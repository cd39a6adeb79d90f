import torch
from torch import nn
from torch.nn import functional as F

from .network import supervised


def pair(inputs, outputs):
    """Two convolutions."""
    layers = []
    for source in (inputs, outputs):
        layers += [nn.Conv2d(source, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]
    return nn.Sequential(*layers)


def doubled(inputs, outputs):
    return nn.ConvTranspose2d(inputs, outputs, 2, stride=2)


class Unet(nn.Module):
    def __init__(self, width, **_):
        super().__init__()
        self.down1 = pair(3, width)
        self.down2 = pair(width, 2 * width)
        self.bottom = pair(2 * width, 4 * width)
        self.double2 = doubled(4 * width, 2 * width)
        self.up2 = pair(4 * width, 2 * width)
        self.double1 = doubled(2 * width, width)
        self.up1 = pair(2 * width, width)
        self.head = nn.Conv2d(width, 1, 1)

    def forward(self, x):
        fine = self.down1(x)
        coarse = self.down2(F.max_pool2d(fine, 2))
        bottom = self.bottom(F.max_pool2d(coarse, 2))
        y = self.up2(torch.cat([coarse, self.double2(bottom)], 1))
        return self.head(self.up1(torch.cat([fine, self.double1(y)], 1)))


model = Unet
train = supervised(
    lambda model, x, y: F.binary_cross_entropy_with_logits(model(x), y),
    lambda parameters: torch.optim.Adam(parameters, lr=1e-3, fused=True),
)
