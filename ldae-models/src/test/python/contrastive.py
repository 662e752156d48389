"""Golden values for org.ldae.baselines: contrastive losses, and a small encoder with MoCo v3's and SimCLR's heads, in PyTorch.

float64, written from the papers (Chen et al. 2020; Chen et al. 2021) and facebookresearch/moco-v3's builder.py.
Run: /usr/bin/python3 src/test/python/contrastive.py (in ldae-models; needs torch and numpy).
"""
import math
import pathlib
import sys

import torch
import torch.nn.functional as F

sys.path.append(str(pathlib.Path(__file__).resolve().parents[4] / "ldae-core/src/test/python"))
import golden as files  # noqa: E402
import vit  # noqa: E402

torch.set_default_dtype(torch.float64)
IMAGES, WIDTH = 5, 7
M, HEADS, HIDDEN, BLOCKS = 12, 3, 24, 2
HEAD, OUTPUTS = 10, 6
CHANNELS, ROWS, COLUMNS, PATCH = 2, 2, 3, 2
TOKENS, SIZE = ROWS * COLUMNS, PATCH * PATCH * CHANNELS


def rounded(tensor):
    return tensor.float().double()


def nt_xent(z, temperature):
    """SimCLR's loss; rows 2 i and 2 i + 1 are views of one image."""
    u = F.normalize(z, dim=1)
    logits = u @ u.T / temperature
    logits = logits.masked_fill(torch.eye(len(z), dtype=torch.bool), float("-inf"))
    return F.cross_entropy(logits, torch.arange(len(z)) ^ 1)


def contrast(q, k, temperature):
    """MoCo v3's contrastive_loss."""
    logits = F.normalize(q, dim=1) @ F.normalize(k, dim=1).T / temperature
    return F.cross_entropy(logits, torch.arange(len(q))) * 2 * temperature


def moco(q, k, temperature):
    return contrast(q[0::2], k[1::2], temperature) + contrast(q[1::2], k[0::2], temperature)


def losses():
    torch.manual_seed(2)
    z, k = (rounded(torch.randn(2 * IMAGES, WIDTH)) for _ in range(2))
    arrays, doubles = dict(queries=z, keys=k), {}
    for name, loss in (("simclr", lambda q: nt_xent(q, 0.5)), ("moco", lambda q: moco(q, k, 0.2))):
        leaf = z.clone().requires_grad_()
        value = loss(leaf)
        value.backward()
        arrays[name + ".gradient"] = leaf.grad
        doubles[name + ".loss"] = value.detach().numpy()
    files.save("models/contrastive-losses", files.singles(arrays) | doubles)


class Encoder:
    """A plain ViT, average, LayerNorm, projector, predictor; draws a parameter when it is first used."""

    def __init__(self):
        self.p = {}

    def parameter(self, name, shape, scale, mean=0.0):
        if name not in self.p:
            self.p[name] = rounded(torch.randn(*shape) * scale + mean).requires_grad_()
        return self.p[name]

    def linear(self, name, x, outputs):
        w = self.parameter(name + ".weight", (outputs, x.shape[-1]), 0.3)
        return F.linear(x, w, self.parameter(name + ".bias", (outputs,), 0.1))

    def norm(self, name, x):
        width = x.shape[-1]
        w, b = self.parameter(name + ".weight", (width,), 0.2, 1.0), self.parameter(name + ".bias", (width,), 0.1)
        return F.layer_norm(x, (width,), w, b, eps=1e-6)

    def block(self, name, x):
        n = len(x)
        h = self.linear(name + ".attention.qkv", self.norm(name + ".norm1", x), 3 * M)
        q, k, v = h.reshape(n, TOKENS, 3, HEADS, M // HEADS).permute(2, 0, 3, 1, 4)
        h = ((q @ k.transpose(-2, -1) / math.sqrt(M // HEADS)).softmax(-1) @ v).transpose(1, 2).reshape(n, TOKENS, M)
        x = x + self.linear(name + ".attention.projection", h, M)
        h = F.gelu(self.linear(name + ".mlp.first", self.norm(name + ".norm2", x), HIDDEN), approximate="tanh")
        return x + self.linear(name + ".mlp.second", h, M)

    def head(self, name, layers, x):
        for i in range(1, layers):
            x = F.relu(self.norm(name + ".norm%d" % i, self.linear(name + ".linear%d" % i, x, HEAD)))
        return self.linear(name + ".linear%d" % layers, x, OUTPUTS)

    def project(self, patches, layers):
        x = self.linear("embed", patches, M) + vit.positions()
        for i in range(BLOCKS):
            x = self.block("blocks.%02d" % i, x)
        return self.head("projector", layers, self.norm("norm", x.mean(dim=1)))


def network(name, momentum, seed):
    """Gradients of a first step, whose momentum encoder is still equal to the encoder."""
    torch.manual_seed(seed)
    net = Encoder()
    patches = rounded(torch.rand(2 * IMAGES, TOKENS, SIZE) * 2 - 1)
    if momentum:
        with torch.no_grad():
            k = net.project(patches, 3)
        loss = moco(net.head("predictor", 2, net.project(patches, 3)), k, 0.2)
    else:
        loss = nt_xent(net.project(patches, 2), 0.5)
    loss.backward()
    arrays = dict(patches=patches)
    arrays |= {"value." + key: tensor.detach() for key, tensor in net.p.items()}
    arrays |= {"gradient." + key: tensor.grad for key, tensor in net.p.items()}
    files.save("models/" + name, files.singles(arrays) | {"loss": loss.detach().numpy()})


if __name__ == "__main__":
    losses()
    network("simclr", momentum=False, seed=3)
    network("moco-v3", momentum=True, seed=4)
