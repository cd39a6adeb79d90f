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
    networks = (model.generator, model.discriminator)
    optimizers = [torch.optim.Adam(part.parameters(), lr=2e-4, betas=(0.5, 0.999), fused=True) for part in networks]

    def distinguish(images, made, real, fake):
        of_images = F.binary_cross_entropy_with_logits(model.discriminator(images), real)
        return of_images + F.binary_cross_entropy_with_logits(model.discriminator(made), fake)

    def deceive(made, real):
        return F.binary_cross_entropy_with_logits(model.discriminator(made), real)

    make, distinguish, deceive = map(ready, (model.generator, distinguish, deceive))
    update_generator, update_discriminator = (ready(optimizer.step) for optimizer in optimizers)

    def step(images, noise):
        real, fake = torch.ones(len(images)), torch.zeros(len(images))
        made = make(noise)

        optimizers[1].zero_grad()
        of_both = distinguish(images, made.detach(), real, fake)
        of_both.backward()
        update_discriminator()

        optimizers[0].zero_grad()
        loss = deceive(made, real)
        loss.backward()
        update_generator()
        return (loss + of_both).detach()

    return step
