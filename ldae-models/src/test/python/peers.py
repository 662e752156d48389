"""Golden values for org.ldae.baselines: a masked autoencoder's step and fine-tuning with layer decay, in PyTorch, float64,
written from the papers (He et al. 2022; Bao et al. 2022 for the layer decay).

Run: /usr/bin/python3 src/test/python/peers.py (in ldae-models; needs torch and numpy).
"""
import math

import torch
import torch.nn.functional as F

from vit import BLOCKS, CHANNELS, HEADS, HEIGHT, HIDDEN, IMAGES, M, SIZE, TOKENS, WIDTH
from vit import patchify, positions, rounded, save

DECODER, DECODER_BLOCKS, CLASSES = 12, 1, 4
KEPT = torch.tensor([[4, 0, 3], [1, 5, 2], [0, 2, 4]])
LAYER_DECAY, WEIGHT_DECAY, PEAK, STEPS = 0.6, 0.05, 1e-2, 8


def linear_shapes(name, inputs, outputs):
    return {name + ".weight": (outputs, inputs), name + ".bias": (outputs,)}


def norm_shapes(name, width):
    return {name + ".weight": (width,), name + ".bias": (width,)}


def block_shapes(name, width, hidden):
    result = norm_shapes(name + ".norm1", width) | norm_shapes(name + ".norm2", width)
    result |= linear_shapes(name + ".attention.qkv", width, 3 * width)
    result |= linear_shapes(name + ".attention.projection", width, width)
    return result | linear_shapes(name + ".mlp.first", width, hidden) | linear_shapes(name + ".mlp.second", hidden, width)


def encoder_shapes():
    result = linear_shapes("embed", SIZE, M)
    for i in range(BLOCKS):
        result |= block_shapes("blocks.%02d" % i, M, HIDDEN)
    return result | norm_shapes("norm", M)


def parameters(shapes):
    p = {}
    for key, shape in shapes.items():
        start = torch.randn(*shape) * (0.3 if len(shape) == 2 else 0.1)
        p[key] = rounded(start + (1 if "norm" in key and key.endswith("weight") else 0)).requires_grad_()
    return p


def linear(p, name, x):
    return F.linear(x, p[name + ".weight"], p[name + ".bias"])


def norm(p, name, x):
    return F.layer_norm(x, (x.shape[-1],), p[name + ".weight"], p[name + ".bias"], eps=1e-6)


def block(p, name, x):
    n, tokens, width = x.shape
    v = linear(p, name + ".attention.qkv", norm(p, name + ".norm1", x))
    q, k, w = v.reshape(n, tokens, 3, HEADS, width // HEADS).permute(2, 0, 3, 1, 4)
    mixed = ((q @ k.transpose(-2, -1) / math.sqrt(width // HEADS)).softmax(dim=-1) @ w).transpose(1, 2)
    x = x + linear(p, name + ".attention.projection", mixed.reshape(n, tokens, width))
    hidden = F.gelu(linear(p, name + ".mlp.first", norm(p, name + ".norm2", x)), approximate="tanh")
    return x + linear(p, name + ".mlp.second", hidden)


def encoder(p, x):
    for i in range(BLOCKS):
        x = block(p, "blocks.%02d" % i, x)
    return x


def with_gradients(p, arrays):
    arrays |= {"value." + key: tensor.detach().clone() for key, tensor in p.items()}
    return arrays | {"gradient." + key: tensor.grad.detach().clone() for key, tensor in p.items()}


def masked():
    torch.manual_seed(8)
    shapes = encoder_shapes() | {"decoder.mask": (DECODER,)} | linear_shapes("decoder.embed", M, DECODER)
    for i in range(DECODER_BLOCKS):
        shapes |= block_shapes("decoder.blocks.%02d" % i, DECODER, 2 * DECODER)
    shapes |= norm_shapes("decoder.norm", DECODER) | linear_shapes("decoder.head", DECODER, SIZE)
    p = parameters(shapes)
    patches = patchify(rounded(torch.rand(IMAGES, CHANNELS, HEIGHT, WIDTH) * 2 - 1))

    x = linear(p, "embed", patches) + positions()
    x = torch.gather(x, 1, KEPT.unsqueeze(-1).expand(-1, -1, M))
    x = linear(p, "decoder.embed", norm(p, "norm", encoder(p, x)))
    full = p["decoder.mask"].expand(IMAGES, TOKENS, DECODER)
    full = full.scatter(1, KEPT.unsqueeze(-1).expand(-1, -1, DECODER), x) + positions(DECODER)
    for i in range(DECODER_BLOCKS):
        full = block(p, "decoder.blocks.%02d" % i, full)
    prediction = linear(p, "decoder.head", norm(p, "decoder.norm", full))

    target = (patches - patches.mean(-1, keepdim=True)) / (patches.var(-1, keepdim=True) + 1e-6) ** 0.5
    mask = torch.ones(IMAGES, TOKENS).scatter(1, KEPT, 0.0)
    loss = (((prediction - target) ** 2).mean(-1) * mask).sum() / mask.sum()
    loss.backward()
    arrays = dict(patches=patches, prediction=prediction, loss=loss.reshape(1))
    save("masked", with_gradients(p, arrays), doubles=("loss",))


def rate_factor(name):
    if name.startswith("embed"):
        return LAYER_DECAY ** (BLOCKS + 1)
    return LAYER_DECAY ** (BLOCKS - int(name[7:9])) if name.startswith("blocks") else 1.0


def tuned():
    torch.manual_seed(9)
    p = parameters(encoder_shapes() | linear_shapes("head", M, CLASSES))
    patches = patchify(rounded(torch.rand(IMAGES, CHANNELS, HEIGHT, WIDTH) * 2 - 1))
    targets = rounded(torch.softmax(2 * torch.randn(IMAGES, CLASSES), dim=-1))

    def loss():
        x = encoder(p, linear(p, "embed", patches) + positions())
        logits = linear(p, "head", norm(p, "norm", x.mean(dim=1)))
        return torch.sum(-targets * F.log_softmax(logits, dim=-1), dim=-1).mean(), logits  # timm's SoftTargetCrossEntropy

    value, logits = loss()
    value.backward()
    arrays = with_gradients(p, dict(patches=patches, targets=targets, logits=logits, loss=value.reshape(1)))
    groups = []
    for key, tensor in p.items():
        decay = WEIGHT_DECAY if tensor.dim() == 2 else 0
        groups.append(dict(params=[tensor], weight_decay=decay, lr=PEAK * rate_factor(key)))
    optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.999), eps=1e-8)
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        value = loss()[0]
        value.backward()
        optimizer.step()
        losses.append(value.item())
    print(losses)
    arrays["curve"] = losses
    save("tuned", arrays, doubles=("loss", "curve"))


masked()
tuned()
