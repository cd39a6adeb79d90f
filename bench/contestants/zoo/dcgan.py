import torch
from torch import nn
from torch.nn import functional as F


class Gan(nn.Module):
    def __init__(self, latent, width, **_):
        super().__init__()
        sharper = {"stride": 2, "padding": 1, "bias": False}
        self.generator = nn.Sequential(
            nn.ConvTranspose2d(latent, 4 * width, 4, bias=False),
            nn.BatchNorm2d(4 * width),
            nn.ReLU(),
            nn.ConvTranspose2d(4 * width, 2 * width, 4, **sharper),
            nn.BatchNorm2d(2 * width),
            nn.ReLU(),
            nn.ConvTranspose2d(2 * width, width, 4, **sharper),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.ConvTranspose2d(width, 3, 4, **sharper),
            nn.Tanh(),
        )
        self.discriminator = nn.Sequential(
            nn.Conv2d(3, width, 4, **sharper),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width, 2 * width, 4, **sharper),
            nn.BatchNorm2d(2 * width),
            nn.LeakyReLU(0.2),
            nn.Conv2d(2 * width, 4 * width, 4, **sharper),
            nn.BatchNorm2d(4 * width),
            nn.LeakyReLU(0.2),
            nn.Conv2d(4 * width, 1, 4, bias=False),
            nn.Flatten(0),
        )


model = Gan


def train(model, ready):
    parts = (model.generator, model.discriminator)
    # Their fused steps are not compiled: with two of them, torch.compile of PyTorch 2.13 fails.
    optimizers = [torch.optim.Adam(part.parameters(), lr=2e-4, betas=(0.5, 0.999), fused=True) for part in parts]
    generator, discriminator = map(ready, parts)

    def step(images, noise):
        real, fake = torch.ones(len(images)), torch.zeros(len(images))
        made = generator(noise)

        optimizers[1].zero_grad()
        of_images = F.binary_cross_entropy_with_logits(discriminator(images), real)
        of_made = F.binary_cross_entropy_with_logits(discriminator(made.detach()), fake)
        (of_images + of_made).backward()
        optimizers[1].step()

        optimizers[0].zero_grad()
        loss = F.binary_cross_entropy_with_logits(discriminator(made), real)
        loss.backward()
        optimizers[0].step()
        return (loss + of_images + of_made).detach()

    return step
