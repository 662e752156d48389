"""Writes the golden files of ConvVAEGoldenTest with PyTorch in float64: a tiny autoencoder as latent diffusion's, its loss and
gradients, one step of AdamW, and one step against a patch discriminator.

Run in this folder, after features.py: /usr/bin/python3 conv_vae.py
"""

import torch
import torch.nn.functional as F

import features
from features import files, rows, save

torch.manual_seed(9)
torch.set_default_dtype(torch.float64)
N, C, H, W, FACTOR, LATENTS = 3, 3, 8, 12, 2, 2
WIDTH, MULTIPLIERS = 4, (1, 2)
KL_WEIGHT, PERCEPTUAL_WEIGHT, ADVERSARIAL_WEIGHT = 0.3, 0.7, 0.5
normal = features.normal


class Net:
    """Makes parameters when a layer is first used, so that the architecture is written once."""

    def __init__(self):
        self.p = {}

    def get(self, name, *shape, base=0.0, scale=0.2):
        if name not in self.p:
            self.p[name] = (base + normal(*shape, scale=scale)).float().double().requires_grad_()
        return self.p[name]

    def conv(self, name, x, outputs, side=3, stride=1, padding=None, scale=0.8):
        w = self.get(name + ".weight", outputs, x.shape[1], side, side, scale=scale / (side * x.shape[1] ** 0.5))
        return F.conv2d(x, w, self.get(name + ".bias", outputs), stride, side // 2 if padding is None else padding)

    def norm(self, name, x):
        channels = x.shape[1]
        w, b = self.get(name + ".weight", channels, base=1.0), self.get(name + ".bias", channels)
        return F.group_norm(x, features.groups(channels), w, b, eps=1e-6)

    def residual(self, name, x, outputs):
        h = self.conv(name + ".conv1", F.silu(self.norm(name + ".norm1", x)), outputs)
        h = self.conv(name + ".conv2", F.silu(self.norm(name + ".norm2", h)), outputs)
        return h + (x if x.shape[1] == outputs else self.conv(name + ".shortcut", x, outputs, side=1))

    def attention(self, name, x):
        n, c, h, w = x.shape
        t = self.norm(name + ".norm", x).flatten(2).transpose(1, 2)
        qkv = F.linear(t, self.get(name + ".qkv.weight", 3 * c, c, scale=0.4), self.get(name + ".qkv.bias", 3 * c))
        q, k, v = qkv.chunk(3, dim=-1)
        t = torch.softmax(q @ k.transpose(1, 2) / c**0.5, dim=-1) @ v
        weight, bias = self.get(name + ".projection.weight", c, c, scale=0.4), self.get(name + ".projection.bias", c)
        return x + F.linear(t, weight, bias).transpose(1, 2).reshape(n, c, h, w)

    def middle(self, name, x):
        c = x.shape[1]
        x = self.attention(name + ".middle.attention", self.residual(name + ".middle.0", x, c))
        return self.residual(name + ".middle.1", x, c)

    def encode(self, x):
        h = self.conv("encoder.in", x, WIDTH)
        for level, multiplier in enumerate(MULTIPLIERS):
            h = self.residual(f"encoder.levels.{level}.0", h, WIDTH * multiplier)
            if level + 1 < len(MULTIPLIERS):
                h = self.conv(f"encoder.levels.{level}.down", F.pad(h, (0, 1, 0, 1)), h.shape[1], stride=2, padding=0)
        h = F.silu(self.norm("encoder.norm", self.middle("encoder", h)))
        return self.conv("encoder.out", h, 2 * LATENTS).chunk(2, dim=1)

    def decode(self, z):
        h = self.middle("decoder", self.conv("decoder.in", z, WIDTH * MULTIPLIERS[-1]))
        for level in reversed(range(len(MULTIPLIERS))):
            for block in range(2):
                h = self.residual(f"decoder.levels.{level}.{block}", h, WIDTH * MULTIPLIERS[level])
            if level > 0:
                h = self.conv(f"decoder.levels.{level}.up", F.interpolate(h, scale_factor=2), h.shape[1])
        return self.conv("decoder.out", F.silu(self.norm("decoder.norm", h)), C)

    def discriminate(self, x):
        h = F.leaky_relu(self.conv("layers.0.conv", x, 4, side=4, stride=2, padding=1), 0.2)
        h = self.conv("layers.1.conv", h, 8, side=4, padding=1)
        # Large scores, so that some lie beyond the hinge.
        return self.conv("out", F.leaky_relu(self.norm("layers.1.norm", h), 0.2), 1, side=4, padding=1, scale=3.0)


def library_order(p):
    """Convolutions as matrices [C_out, k k C_in], vectors as one row."""
    return {k: rows(v) if v.dim() == 4 else v.reshape(1, -1) if v.dim() == 1 else v for k, v in p.items()}


def tokens(maps, side):
    """[N, C, h, w] -> [N, L, side*side*C]: row p, column q, channel c."""
    n, c, h, w = maps.shape
    t = maps.reshape(n, c, h // side, side, w // side, side).permute(0, 2, 4, 3, 5, 1)
    return t.reshape(n, -1, side * side * c)


def channels_last(maps):
    return maps.permute(0, 2, 3, 1).reshape(-1, maps.shape[1])


def gradients(loss, p, **options):
    return dict(zip(p, torch.autograd.grad(loss, list(p.values()), **options)))


x = torch.tanh(normal(N, C, H, W)).float().double()
noise = normal(N, LATENTS, H // FACTOR, W // FACTOR)
vae, judge = Net(), Net()
mean, log_variance = vae.encode(x)
from_mean = vae.decode(mean)
y = vae.decode(mean + torch.exp(0.5 * log_variance.clamp(-30, 20)) * noise)
kl = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum()
error = ((x - y) ** 2).sum() / x.numel()
loss = error + KL_WEIGHT * kl / x.numel()
by_parameter = gradients(loss, vae.p, retain_graph=True)

save("conv_vae/parameters", library_order(vae.p))
save(
    "conv_vae/forward",
    {
        "x": x,
        "latents": tokens(mean, 2),
        "decoded": from_mean,
        "noise": channels_last(noise),
        "drawn": channels_last(y),
        "kl": kl,
        "loss": loss,
    },
)
save("conv_vae/gradients", library_order(by_parameter))

optimizer = torch.optim.AdamW(vae.p.values(), lr=1e-2, betas=(0.9, 0.999), eps=1e-3, weight_decay=0.0)
before = {k: v.detach().clone() for k, v in vae.p.items()}
for name, parameter in vae.p.items():
    parameter.grad = by_parameter[name]
optimizer.step()
save("conv_vae/step", library_order(vae.p))
with torch.no_grad():
    for name, parameter in vae.p.items():
        parameter.copy_(before[name])

mean, log_variance = vae.encode(x)
y = vae.decode(mean + torch.exp(0.5 * log_variance.clamp(-30, 20)) * noise)
kl = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum()
vgg = {name: torch.from_numpy(values).double() for name, values in files.load("features/vgg").items()}
perceptual = features.distances(features.vgg(vgg, x)[0], features.vgg(vgg, y)[0]).mean()
error = ((x - y) ** 2).sum() / x.numel() + PERCEPTUAL_WEIGHT * perceptual
generator = -judge.discriminate(y).mean()
last = vae.p["decoder.out.weight"]
by_error = torch.autograd.grad(error, last, retain_graph=True)[0].norm()
by_score = torch.autograd.grad(generator, last, retain_graph=True)[0].norm()
weight = ADVERSARIAL_WEIGHT * (by_error / (by_score + 1e-4)).clamp(0, 1e4).detach()
loss = error + KL_WEIGHT * kl / x.numel() + weight * generator
by_parameter = gradients(loss, vae.p)
real, made = judge.discriminate(x), judge.discriminate(y.detach())
told = 0.5 * (F.relu(1 - real).mean() + F.relu(1 + made).mean())
by_judge = gradients(told, judge.p)

save("conv_vae/judge", library_order(judge.p))
save("conv_vae/duel", {"loss": loss, "weight": weight, "discriminator": told, "perceptual": perceptual})
save("conv_vae/duel-gradients", library_order(by_parameter))
save("conv_vae/judge-gradients", library_order(by_judge))
