"""Golden values for org.ldae.inference.Pooling by PyTorch's adaptive_avg_pool2d, on patches of an image and its mirror image.

Run: python3 src/test/python/readout.py (in ldae-core; needs numpy and torch).
"""
import numpy as np
import torch
from torch.nn.functional import adaptive_avg_pool2d

import golden

PATCH = 2
images = torch.from_numpy(np.random.default_rng(5).uniform(-1, 1, (3, 2, 10, 14)).astype(np.float32))


def tokens(x):
    """[N, C, H, W] to [N, P*P*C, H/P, W/P]; inside a patch row, column, channel."""
    n, c, h, w = x.shape
    x = x.reshape(n, c, h // PATCH, PATCH, w // PATCH, PATCH)
    return x.permute(0, 3, 5, 1, 2, 4).reshape(n, PATCH * PATCH * c, h // PATCH, w // PATCH)


def pyramid(x):
    maps = tokens(x.double())
    cells = [adaptive_avg_pool2d(maps, side).flatten(2).transpose(1, 2).flatten(1) for side in (1, 2, 4)]
    return torch.cat(cells, 1)


golden.save("inference/readout", {
    "images": images.numpy(),
    "pyramid": pyramid(images).float().numpy(),
    "mirrored": ((pyramid(images) + pyramid(images.flip(3))) / 2).float().numpy(),
})
