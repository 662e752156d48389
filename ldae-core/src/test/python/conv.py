"""Golden values for org.ldae.nn.conv and the image kernels, computed by PyTorch in float64.

Run: python3 src/test/python/conv.py (in ldae-core; needs torch and numpy). Maps are saved as [n, H, W, C], convolution
weights in PyTorch's own order [C_out, C_in, k, k].
"""
import torch
import torch.nn.functional as F

import nn

nn.FOLDER = "conv"


def maps(tensor):
    return tensor.detach().permute(0, 2, 3, 1)


def convolution(name, size, stride, padding):
    """padding: left, right, top, bottom."""
    x, w, b = nn.normal(2, 3, 6, 8), nn.normal(5, 3, size, size), nn.normal(5)
    y = F.conv2d(F.pad(x, padding), w, b, stride)
    dy = nn.normal(*y.shape)
    (y * dy).sum().backward()
    nn.save(
        "convolution_" + name,
        x=maps(x), weight=w, bias=b, y=maps(y), dy=maps(dy), dx=maps(x.grad), dWeight=w.grad, dBias=b.grad,
    )


def group_norm():
    x, w, b, dy = nn.normal(2, 6, 4, 3, scale=2), nn.normal(6), nn.normal(6), nn.normal(2, 6, 4, 3)
    arrays = dict(x=maps(x), weight=w, bias=b, dy=maps(dy))
    functions = {"none": lambda v: v, "SILU": F.silu, "RELU": F.relu}
    for name, f in functions.items():
        leaves = [v.detach().clone().requires_grad_() for v in (x, w, b)]
        y = f(F.group_norm(leaves[0], 3, leaves[1], leaves[2], eps=1e-6))
        (y * dy).sum().backward()
        arrays["y." + name] = maps(y)
        arrays["dx." + name] = maps(leaves[0].grad)
        arrays["dWeight." + name] = leaves[1].grad
        arrays["dBias." + name] = leaves[2].grad
    nn.save("group_norm", **arrays)


def resampling():
    functions = {
        "upsample": lambda v: F.interpolate(v, scale_factor=2, mode="nearest"),
        "maxPool": lambda v: F.max_pool2d(v, 2),
        "averagePool": lambda v: F.adaptive_avg_pool2d(v, 1),
    }
    x = nn.normal(2, 3, 5, 6)
    x = (x * 2).round().div(2).detach()  # many equal numbers
    arrays = dict(x=maps(x))
    for name, f in functions.items():
        leaf = x.clone().requires_grad_()
        y = f(leaf)
        dy = nn.normal(*y.shape)
        (y * dy).sum().backward()
        arrays[name + ".y"] = maps(y)
        arrays[name + ".dy"] = maps(dy)
        arrays[name + ".dx"] = maps(leaf.grad)
    nn.save("resampling", **arrays)


if __name__ == "__main__":
    torch.manual_seed(0)
    convolution("3x3", 3, 1, (1, 1, 1, 1))
    convolution("3x3_stride2", 3, 2, (1, 1, 1, 1))
    convolution("3x3_halving", 3, 2, (0, 1, 0, 1))
    convolution("1x1", 1, 1, (0, 0, 0, 0))
    convolution("4x4_stride2", 4, 2, (1, 1, 1, 1))
    convolution("5x5", 5, 1, (2, 2, 2, 2))
    group_norm()
    resampling()
