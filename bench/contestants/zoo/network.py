"""What a network of the zoo is in Python: see network.ts. A file has `model(**sizes)` and `train(model, ready)`."""


def supervised(loss, make_optimizer):
    """The training of a model with one loss and one optimizer; `ready` is torch.compile, or returns the function as it is."""

    def train(model, ready):
        optimizer = make_optimizer(model.parameters())
        forward, update = ready(lambda *batch: loss(model, *batch)), ready(optimizer.step)

        def step(*batch):
            optimizer.zero_grad()
            value = forward(*batch)
            value.backward()
            update()
            return value

        return step

    return train
