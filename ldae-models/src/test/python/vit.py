"""Golden values for org.ldae.models: small l-DAEs, one told classes, in PyTorch, float64, written from the papers (DiT, MAE, l-DAE).

Run: /usr/bin/python3 src/test/python/vit.py (in ldae-models; needs torch and numpy).
"""
import math
import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F

sys.path.append(str(pathlib.Path(__file__).resolve().parents[4] / "ldae-core/src/test/python"))
import golden as files  # noqa: E402

CHANNELS, HEIGHT, WIDTH, PATCH = 2, 4, 6, 2
ROWS, COLUMNS = HEIGHT // PATCH, WIDTH // PATCH
TOKENS, SIZE, KEPT = ROWS * COLUMNS, PATCH * PATCH * CHANNELS, 3
IMAGES, M, HEADS, HIDDEN, BLOCKS = 3, 12, 3, 24, 2
CONDITION, WAVES = 4, 256
CLASSES, LABELS = 3, [2, 3, 0]  # the last row of the table stands for no label
TAIL = 0.1
PEAK, WARMUP, STEPS, CLIP, DECAY = 1e-2, 2, 10, 0.5, 0.05

torch.set_default_dtype(torch.float64)


def save(name, arrays, doubles=()):
    """Writes arrays, as float32 but for some; inputs were rounded to it before use, so that Java starts from the same numbers."""
    wide = {key: np.asarray(files.plain(arrays[key]), dtype=np.float64) for key in doubles}
    files.save("models/" + name, files.singles(arrays) | wide)


def rounded(tensor):
    return tensor.float().double()


def patchify(images):
    """[N, C, H, W] -> [N, L, P*P*C]; inside a patch row, column, channel, as MAE's."""
    x = images.reshape(IMAGES, CHANNELS, ROWS, PATCH, COLUMNS, PATCH)
    return torch.einsum("nchpwq->nhwpqc", x).reshape(IMAGES, TOKENS, SIZE)


def sincos(dimension, position):
    """MAE's get_1d_sincos_pos_embed_from_grid."""
    omega = np.arange(dimension // 2, dtype=np.float64) / (dimension / 2.0)
    out = np.einsum("m,d->md", position.reshape(-1), 1.0 / 10000**omega)
    return np.concatenate([np.sin(out), np.cos(out)], axis=1)


def positions(width=M):
    """MAE's get_2d_sincos_pos_embed, for a grid that is not square; rounded as Java stores it."""
    grid = np.stack(np.meshgrid(np.arange(COLUMNS, dtype=np.float64), np.arange(ROWS, dtype=np.float64)), axis=0)
    table = np.concatenate([sincos(width // 2, grid[0]), sincos(width // 2, grid[1])], axis=1)
    return rounded(torch.tensor(table))


def time_waves(t):
    """DiT's TimestepEmbedder.timestep_embedding, of 1000 t; rounded as Java stores it."""
    half = WAVES // 2
    frequencies = torch.exp(-math.log(10000) * torch.arange(0, half) / half)
    angles = 1000 * t[:, None] * frequencies[None]
    return rounded(torch.cat([torch.cos(angles), torch.sin(angles)], dim=-1))


def shapes(conditioned, told):
    """Names and shapes as the Java side declares them."""
    def linear(name, inputs, outputs):
        return {name + ".weight": (outputs, inputs), name + ".bias": (outputs,)}

    def norm(name):
        return {name + ".weight": (M,), name + ".bias": (M,)}

    result = linear("embed", SIZE, M)
    if conditioned:
        result |= linear("time.first", WAVES, CONDITION) | linear("time.second", CONDITION, CONDITION)
    if told:
        result |= {"classes": (CLASSES + 1, CONDITION)}
    for i in range(BLOCKS):
        name = "blocks.%02d" % i
        if conditioned:
            result |= linear(name + ".modulation", CONDITION, 6 * M)
        else:
            result |= norm(name + ".norm1") | norm(name + ".norm2")
        result |= linear(name + ".attention.qkv", M, 3 * M) | linear(name + ".attention.projection", M, M)
        result |= linear(name + ".mlp.first", M, HIDDEN) | linear(name + ".mlp.second", HIDDEN, M)
    result |= linear("modulation", CONDITION, 2 * M) if conditioned else norm("norm")
    return result | linear("head", M, SIZE)


def network(p, x, times, conditioned):
    """[N, L, P*P*C] -> prediction of the same shape, and the tokens after the first block."""
    def linear(name, v):
        return F.linear(v, p[name + ".weight"], p[name + ".bias"])

    def norm(name, v, shift=None, scale=None):
        if not conditioned:
            return F.layer_norm(v, (M,), p[name + ".weight"], p[name + ".bias"], eps=1e-6)
        return F.layer_norm(v, (M,), eps=1e-6) * (1 + scale.unsqueeze(1)) + shift.unsqueeze(1)

    def attention(name, v):
        q, k, w = linear(name + ".qkv", v).reshape(IMAGES, TOKENS, 3, HEADS, M // HEADS).permute(2, 0, 3, 1, 4)
        weights = (q @ k.transpose(-2, -1) / math.sqrt(M // HEADS)).softmax(dim=-1)
        return linear(name + ".projection", (weights @ w).transpose(1, 2).reshape(IMAGES, TOKENS, M))

    def mlp(name, v):
        return linear(name + ".second", F.gelu(linear(name + ".first", v), approximate="tanh"))

    c = None
    if conditioned:
        c = linear("time.second", F.silu(linear("time.first", time_waves(times))))
        if "classes" in p:
            c = c + p["classes"][torch.tensor(LABELS)]
        c = F.silu(c)
    x = linear("embed", x) + positions()
    features = None
    for i in range(BLOCKS):
        name = "blocks.%02d" % i
        if conditioned:
            a, b, gate1, d, e, gate2 = linear(name + ".modulation", c).chunk(6, dim=1)
            x = x + gate1.unsqueeze(1) * attention(name + ".attention", norm(None, x, a, b))
            x = x + gate2.unsqueeze(1) * mlp(name + ".mlp", norm(None, x, d, e))
        else:
            x = x + attention(name + ".attention", norm(name + ".norm1", x))
            x = x + mlp(name + ".mlp", norm(name + ".norm2", x))
        features = x if features is None else features
    x = norm(None, x, *linear("modulation", c).chunk(2, dim=1)) if conditioned else norm("norm", x)
    return linear("head", x), features


def levels(t, conditioned):
    """Signal and noise: additive with sigma linear to sqrt 2 (l-DAE), or gamma^2 = 1 - t."""
    return (torch.ones_like(t), math.sqrt(2) * t) if conditioned else (torch.sqrt(1 - t), torch.sqrt(t))


def golden(name, conditioned, told=False):
    torch.manual_seed(8 if told else 7 if conditioned else 6)
    basis = torch.linalg.qr(torch.randn(SIZE, SIZE))[0]
    mean, scale = torch.randn(SIZE) * 0.2, torch.rand(KEPT) + 0.7
    v, m, s = rounded(basis), rounded(mean), rounded(scale)
    images = rounded(torch.rand(IMAGES, CHANNELS, HEIGHT, WIDTH) * 2 - 1)
    noise = rounded(torch.randn(IMAGES, TOKENS, KEPT))
    times = rounded(torch.tensor([0.31, 0.04, 0.87]))
    p = {}
    for key, shape in shapes(conditioned, told).items():
        start = torch.randn(*shape) * (0.3 if len(shape) == 2 else 0.1)
        p[key] = rounded(start + (1 if "norm" in key and key.endswith("weight") else 0)).requires_grad_()

    patches = patchify(images)
    latents = (patches - m) @ v[:KEPT].T * s
    gamma, sigma = (each[:, None, None] for each in levels(times, conditioned))
    noised = gamma * latents + sigma * noise
    x = m + (noised / s) @ v[:KEPT]
    share = gamma**2 / (gamma**2 + sigma**2)
    weights = torch.full((SIZE,), TAIL)
    weights[:KEPT] = 1

    def loss():
        prediction, features = network(p, x, times, conditioned)
        error = (prediction - patches) @ v.T  # paper, Tab. 3: errors weighted in the basis of the PCA
        return (share * weights * error**2).mean(), prediction, features

    value, prediction, features = loss()
    value.backward()
    arrays = dict(mean=m, basis=v, eigenvalues=torch.arange(SIZE, 0, -1) * 0.1, scale=s, images=images, noise=noise)
    arrays |= dict(times=times, input=x, prediction=prediction, features=features, loss=value.reshape(1))
    arrays |= {"value." + key: tensor.detach().clone() for key, tensor in p.items()}
    arrays |= {"gradient." + key: tensor.grad.detach().clone() for key, tensor in p.items()}
    arrays["curve"] = curve(p, loss)
    save(name, arrays, doubles=("mean", "basis", "eigenvalues", "scale", "loss", "curve"))


def curve(p, loss):
    """Losses of ten AdamW steps on the same batch: warm-up and half a cosine, clipped gradient, decay of matrices."""
    matrices = [v for v in p.values() if v.dim() == 2]
    vectors = [v for v in p.values() if v.dim() == 1]
    groups = [dict(params=matrices, weight_decay=DECAY), dict(params=vectors, weight_decay=0)]
    optimizer = torch.optim.AdamW(groups, lr=PEAK, betas=(0.9, 0.95), eps=1e-8)
    losses = []
    for step in range(1, STEPS + 1):
        done = (step - 1 - WARMUP) / (STEPS - WARMUP)
        rate = PEAK * step / WARMUP if step <= WARMUP else PEAK * 0.5 * (1 + math.cos(math.pi * done))
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad()
        value = loss()[0]
        value.backward()
        norm = math.sqrt(sum((each.grad**2).sum().item() for each in p.values()))
        for each in p.values():
            each.grad *= min(1, CLIP / norm)
        optimizer.step()
        losses.append(value.item())
    print(losses, "last norm", norm)
    return losses


if __name__ == "__main__":
    golden("plain", conditioned=False)
    golden("adaln_zero", conditioned=True)
    golden("classes", conditioned=True, told=True)
