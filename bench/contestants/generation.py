"""Tokens of one sequence, one after the other, in PyTorch: see generation.ts."""

import torch
from torch.nn import functional as F

from problem import problem_of
from zoo.gpt import Gpt


def next_token(model, token, position, caches, attend):
    """The token after `token`, which has that position: the likeliest. Both are [1]."""
    x = model.tokens(token) + model.positions(position)
    for block, cache in zip(model.blocks, caches):
        q, k, v = (part.view(1, block.heads, 1, -1) for part in block.qkv(block.norm1(x)).chunk(3, 1))
        x = x + block.proj(attend(q, k, v, *cache).view(1, -1))
        x = x + block.down(F.gelu(block.up(block.norm2(x))))
    return F.linear(model.norm(x), model.tokens.weight).argmax(1)


def prepare_generation(case, compiled):
    sizes = case["sizes"]
    length, heads = sizes["length"], sizes["heads"]
    model = Gpt(**sizes).eval()
    weights, _ = problem_of(case["file"])
    model.load_state_dict({name: torch.tensor(x) for name, x in weights.items()})
    shape = (1, heads, length, sizes["width"] // heads)
    caches = [(torch.zeros(shape), torch.zeros(shape)) for _ in range(sizes["layers"])]
    positions = [torch.tensor([t]) for t in range(length)]

    def attend_so_far(t):
        def attend(q, k, v, keys, values):
            keys[:, :, t : t + 1] = k
            values[:, :, t : t + 1] = v
            return F.scaled_dot_product_attention(q, keys[:, :, : t + 1], values[:, :, : t + 1])

        return attend

    def whole_cache(token, position):
        mask = (torch.arange(length) <= position)[None]

        def attend(q, k, v, keys, values):
            keys.index_copy_(2, position, k)
            values.index_copy_(2, position, v)
            return F.scaled_dot_product_attention(q, keys, values, attn_mask=mask)

        return next_token(model, token, position, caches, attend)

    step = torch.compile(whole_cache)
    made = []

    @torch.inference_mode()
    def run():
        made.clear()
        token = positions[0]
        for t in range(length):
            if compiled:
                token = step(token, positions[t])
            else:
                token = next_token(model, token, positions[t], caches, attend_so_far(t))
            made.append(token.item())

    return run, lambda: sum((t + 1) * token for t, token in enumerate(made)), length
