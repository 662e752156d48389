"""Golden values for org.ldae.unet: a small UNet in PyTorch, float64, written from DDPM (Ho et al. 2020).

Run: /usr/bin/python3 src/test/python/unet.py (in ldae-models; needs torch and numpy). Maps are saved as [n, H, W, C], weights of
convolutions as [C_out, k k C_in], channels innermost.
"""
import math
import pathlib
import sys

import torch
import torch.nn.functional as F

sys.path.append(str(pathlib.Path(__file__).resolve().parents[4] / "ldae-core/src/test/python"))
import golden as files  # noqa: E402

IMAGES, ROWS, COLUMNS, INPUTS, OUTPUTS = 2, 4, 8, 3, 2
CHANNELS, MULTIPLIERS, BLOCKS, ATTENTION = 8, [1, 2], 1, 2
CLASSES, LABELS = 3, [2, 3]  # the last row of the table stands for no label
LEVELS = len(MULTIPLIERS)

torch.set_default_dtype(torch.float64)


def rounded(tensor):
    return tensor.float().double()


class Net:
    """Draws a parameter when it is first used, so that names and shapes come from the forward pass alone."""

    def __init__(self):
        self.p = {}

    def parameter(self, name, shape, scale, mean=0.0):
        if name not in self.p:
            self.p[name] = rounded(torch.randn(*shape) * scale + mean).requires_grad_()
        return self.p[name]

    def linear(self, name, x, outputs):
        w = self.parameter(name + ".weight", (outputs, x.shape[-1]), 0.2)
        return F.linear(x, w, self.parameter(name + ".bias", (outputs,), 0.1))

    def conv(self, name, x, outputs, size=3, stride=1, padding=None):
        w = self.parameter(name + ".weight", (outputs, x.shape[1], size, size), 0.15)
        x = F.pad(x, padding if padding else [size // 2] * 4)
        return F.conv2d(x, w, self.parameter(name + ".bias", (outputs,), 0.1), stride)

    def norm(self, name, x):
        c = x.shape[1]
        groups = max(1, min(32, c // 4))
        while c % groups:
            groups -= 1
        w, b = self.parameter(name + ".weight", (c,), 0.2, 1.0), self.parameter(name + ".bias", (c,), 0.1)
        return F.group_norm(x, groups, w, b, eps=1e-6)

    def residual(self, name, x, told, outputs):
        h = self.conv(name + ".conv1", F.silu(self.norm(name + ".norm1", x)), outputs)
        h = h + self.linear(name + ".condition", told, outputs)[:, :, None, None]
        h = self.conv(name + ".conv2", F.silu(self.norm(name + ".norm2", h)), outputs)
        return h + (x if x.shape[1] == outputs else self.conv(name + ".shortcut", x, outputs, size=1))

    def attention(self, name, x):
        n, c, height, width = x.shape
        rows = self.norm(name + ".norm", x).permute(0, 2, 3, 1).reshape(n, height * width, c)
        q, k, v = self.linear(name + ".qkv", rows, 3 * c).chunk(3, dim=-1)
        y = self.linear(name + ".projection", (q @ k.transpose(1, 2) / math.sqrt(c)).softmax(-1) @ v, c)
        return x + y.reshape(n, height, width, c).permute(0, 3, 1, 2)

    def block(self, name, x, told, level):
        x = self.residual(name, x, told, CHANNELS * MULTIPLIERS[level - 1])
        return self.attention(name + ".attention", x) if level == ATTENTION else x

    def told(self, times):
        half = CHANNELS // 2
        angles = 1000 * times[:, None] * torch.exp(-math.log(10000) * torch.arange(half) / half)[None]
        waves = rounded(torch.cat([torch.cos(angles), torch.sin(angles)], dim=-1))
        c = self.linear("time.second", F.silu(self.linear("time.first", waves, 4 * CHANNELS)), 4 * CHANNELS)
        return F.silu(c + self.parameter("classes", (CLASSES + 1, 4 * CHANNELS), 0.3)[torch.tensor(LABELS)])

    def forward(self, x, times):
        """The prediction, and maps after each block."""
        told, blocks = self.told(times), []
        x = self.conv("in", x, CHANNELS)
        waiting = [x]
        for level in range(1, LEVELS + 1):
            if level > 1:
                x = self.conv("down.%d.half" % level, x, x.shape[1], stride=2, padding=[0, 1, 0, 1])
                waiting.append(x)
            for i in range(1, BLOCKS + 1):
                x = self.block("down.%d.%d" % (level, i), x, told, level)
                blocks.append(x)
                waiting.append(x)
        x = self.attention("middle.attention", self.residual("middle.1", x, told, x.shape[1]))
        x = self.residual("middle.2", x, told, x.shape[1])
        blocks.append(x)
        for level in range(LEVELS, 0, -1):
            for i in range(1, BLOCKS + 2):
                x = self.block("up.%d.%d" % (level, i), torch.cat([x, waiting.pop()], dim=1), told, level)
                blocks.append(x)
            if level > 1:
                x = self.conv("up.%d.double" % level, F.interpolate(x, scale_factor=2), x.shape[1])
        return self.conv("out", F.silu(self.norm("norm", x)), OUTPUTS), blocks


def maps(x):
    return x.detach().permute(0, 2, 3, 1)


def stored(tensor):
    """As Java stores a parameter."""
    return tensor.permute(0, 2, 3, 1).reshape(tensor.shape[0], -1) if tensor.dim() == 4 else tensor


def main():
    torch.manual_seed(19)
    net, times = Net(), rounded(torch.tensor([0.31, 0.84]))
    x = rounded(torch.randn(IMAGES, INPUTS, ROWS, COLUMNS))
    slope = rounded(torch.randn(IMAGES, OUTPUTS, ROWS, COLUMNS))
    prediction, blocks = net.forward(x, times)
    (prediction * slope).sum().backward()
    arrays = dict(times=times, input=maps(x), prediction=maps(prediction), slope=maps(slope))
    for i, block in enumerate(blocks):
        arrays["block.%d" % (i + 1)] = maps(F.interpolate(block, scale_factor=COLUMNS // block.shape[3]))
    arrays |= {"value." + key: stored(tensor.detach()) for key, tensor in net.p.items()}
    arrays |= {"gradient." + key: stored(tensor.grad) for key, tensor in net.p.items()}
    files.save("models/unet", files.singles(arrays))
    print(sum(each.numel() for each in net.p.values()), "parameters,", len(blocks), "blocks")


if __name__ == "__main__":
    main()
