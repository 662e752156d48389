"""PyTorch as a peer of the speed report; see peer.py for how it is told what to do."""

import os
import sys

try:
    import torch
    import torch.nn.functional as F
    from torch import nn

    import peer
except ImportError as error:
    print("missing", error)
    sys.exit(0)

SDPA = getattr(F, "scaled_dot_product_attention", None)


def attention(q, k, v):
    """[n, heads, tokens, d] each; PyTorch's own fused attention where this version has it."""
    if SDPA is not None:
        return SDPA(q, k, v)
    return ((q * q.shape[-1] ** -0.5) @ k.transpose(-2, -1)).softmax(-1) @ v


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.projection = nn.Linear(width, width)

    def forward(self, x):
        n, tokens, width = x.shape
        q, k, v = self.qkv(x).view(n, tokens, 3, self.heads, -1).permute(2, 0, 3, 1, 4).unbind(0)
        return self.projection(attention(q, k, v).transpose(1, 2).reshape(n, tokens, width))


class Mlp(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.first = nn.Linear(width, 4 * width)
        self.second = nn.Linear(4 * width, width)

    def forward(self, x):
        return self.second(F.gelu(self.first(x), approximate="tanh"))


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=1e-6)
        self.attention = Attention(width, heads)
        self.norm2 = nn.LayerNorm(width, eps=1e-6)
        self.mlp = Mlp(width)

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class VisionTransformer(nn.Module):
    """A plain pre-norm ViT without class token; parameters are named as in the handed file."""

    def __init__(self, tensors, numbers):
        super().__init__()
        width, inputs = tensors["embed.weight"].shape
        self.register_buffer("positions", torch.from_numpy(tensors["positions"]), persistent=False)
        self.embed = nn.Linear(inputs, width)
        names = ["%02d" % i for i in range(int(numbers["blocks"]))]
        self.blocks = nn.ModuleDict({name: Block(width, int(numbers["heads"])) for name in names})
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.head = nn.Linear(width, tensors["head.weight"].shape[0])
        state = self.state_dict()
        self.load_state_dict({name: torch.from_numpy(tensors[name]).reshape(state[name].shape) for name in state})

    def features(self, x):
        x = self.embed(x) + self.positions
        for block in self.blocks.values():
            x = block(x)
        return x

    def forward(self, x):
        return self.head(self.norm(self.features(x)))


def adamw(parameters, numbers):
    """Weight decay on matrices and kernels only."""
    groups = [
        {"params": [p for p in parameters if p.dim() > 1], "weight_decay": numbers["decay"]},
        {"params": [p for p in parameters if p.dim() == 1], "weight_decay": 0.0},
    ]
    # The fused update runs on CPUs from 2.4 on.
    fused = {"fused": True} if tuple(int(v) for v in torch.__version__.split(".")[:2]) >= (2, 4) else {}
    return torch.optim.AdamW(groups, numbers["rate"], (numbers["beta1"], numbers["beta2"]), numbers["epsilon"], **fused)


class Step:
    """Forward, mean squared error, backward and AdamW on a fixed batch."""

    def __init__(self, tensors, numbers):
        shape = (int(numbers["batch"]), int(numbers["tokens"]), -1)
        self.input = torch.from_numpy(tensors["input"]).view(shape)
        self.target = torch.from_numpy(tensors["target"]).view(shape)
        self.net = VisionTransformer(tensors, numbers)
        self.steps = int(numbers["steps"])
        self.optimizer = adamw(list(self.net.parameters()), numbers)

    def iterate(self):
        loss = F.mse_loss(self.net(self.input), self.target)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        return loss

    def check(self):
        return [self.iterate().item() for _ in range(self.steps)]


class ConvNet:
    """A convolutional network whose step is forward, loss, backward and AdamW on a fixed batch.

    The memory format is the faster of PyTorch's two.
    """

    DATA = ()  # tensors that are no parameters

    def __init__(self, tensors, numbers):
        self.numbers = numbers
        self.levels, self.blocks = int(numbers["levels"]), int(numbers["blocks"])
        self.tensors = tensors
        seconds = {}
        for self.how in ("contiguous_format", "channels_last"):
            self.start()
            self.iterate()
            seconds[self.how] = peer.repeat(self.iterate, 1)
        self.how = min(seconds, key=seconds.get)
        self.start()

    def start(self):
        self.format = getattr(torch, self.how)
        self.p = {}
        for name, values in self.tensors.items():
            if name not in self.DATA:
                self.p[name] = self.parameter(name, torch.from_numpy(values).clone()).requires_grad_()
        self.read()
        self.optimizer = adamw(list(self.p.values()), self.numbers)

    def parameter(self, name, values):
        """Rows of windows, row, column, channel, as PyTorch's kernels; what has one row is a vector."""
        if len(values) == 1:
            return values.view(-1)
        bare = name.rsplit(".", 1)[0]
        if bare.endswith(("qkv", "projection")):
            return values
        side = 1 if bare.endswith("shortcut") else 3
        kernel = values.view(len(values), side, side, -1).permute(0, 3, 1, 2)
        return kernel.contiguous(memory_format=self.format)

    def map(self, name, height, width):
        """Rows of pixels as a map."""
        rows = torch.from_numpy(self.tensors[name])
        return rows.view(-1, height, width, rows.shape[-1]).permute(0, 3, 1, 2).contiguous(memory_format=self.format)

    def conv(self, name, x, **options):
        weight = self.p[name + ".weight"]
        return F.conv2d(x, weight, self.p[name + ".bias"], **{"padding": weight.shape[-1] // 2, **options})

    def half(self, name, x):
        return self.conv(name, F.pad(x, (0, 1, 0, 1)), stride=2, padding=0)

    def double(self, name, x):
        return self.conv(name, F.interpolate(x, scale_factor=2))

    def norm(self, name, x):
        channels = x.shape[1]
        groups = next(g for g in range(max(1, min(32, channels // 4)), 0, -1) if channels % g == 0)
        return F.group_norm(x, groups, self.p[name + ".weight"], self.p[name + ".bias"], 1e-6)

    def residual(self, name, x):
        h = self.conv(name + ".conv1", F.silu(self.norm(name + ".norm1", x)))
        h = self.conv(name + ".conv2", F.silu(self.norm(name + ".norm2", h)))
        return h + (self.conv(name + ".shortcut", x) if name + ".shortcut.weight" in self.p else x)

    def attend(self, name, x):
        n, channels, height, width = x.shape
        tokens = self.norm(name + ".norm", x).flatten(2).transpose(1, 2)
        fused = F.linear(tokens, self.p[name + ".qkv.weight"], self.p[name + ".qkv.bias"])
        y = attention(*fused.unsqueeze(1).chunk(3, -1)).squeeze(1)
        y = F.linear(y, self.p[name + ".projection.weight"], self.p[name + ".projection.bias"])
        return x + y.transpose(1, 2).reshape(n, channels, height, width)

    def iterate(self):
        loss = self.loss()
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        return loss

    def check(self):
        return [self.iterate().item() for _ in range(int(self.numbers["steps"]))]


class ConvVae(ConvNet):
    """Squared error and KL divergence of a convolutional VAE."""

    DATA = ("images", "noise")

    def read(self):
        self.x = torch.from_numpy(self.tensors["images"]).to(memory_format=self.format)
        n, _, height, width = self.x.shape
        shape = (n, height >> (self.levels - 1), width >> (self.levels - 1), -1)
        noise = torch.from_numpy(self.tensors["noise"]).view(shape).permute(0, 3, 1, 2)
        self.noise = noise.contiguous(memory_format=self.format)

    def middle(self, name, x):
        x = self.attend(name + ".attention", self.residual(name + ".0", x))
        return self.residual(name + ".1", x)

    def encode(self, x):
        h = self.conv("encoder.in", x)
        for level in range(self.levels):
            for block in range(self.blocks):
                h = self.residual("encoder.levels.%d.%d" % (level, block), h)
            if level + 1 < self.levels:
                h = self.half("encoder.levels.%d.down" % level, h)
        h = self.middle("encoder.middle", h)
        return self.conv("encoder.out", F.silu(self.norm("encoder.norm", h))).chunk(2, 1)

    def decode(self, z):
        h = self.middle("decoder.middle", self.conv("decoder.in", z))
        for level in reversed(range(self.levels)):
            for block in range(self.blocks + 1):
                h = self.residual("decoder.levels.%d.%d" % (level, block), h)
            if level > 0:
                h = self.double("decoder.levels.%d.up" % level, h)
        return self.conv("decoder.out", F.silu(self.norm("decoder.norm", h)))

    def loss(self):
        mean, log_variance = self.encode(self.x)
        log_variance = log_variance.clamp(-30, 20)
        y = self.decode(mean + torch.exp(0.5 * log_variance) * self.noise)
        divergence = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum()
        return F.mse_loss(y, self.x) + self.numbers["kl"] / self.x.numel() * divergence


class UNet(ConvNet):
    """Squared error of DDPM's network, which is not told the time."""

    DATA = ("input", "target")

    def read(self):
        height, width = int(self.numbers["rows"]), int(self.numbers["columns"])
        self.x, self.target = self.map("input", height, width), self.map("target", height, width)

    def block(self, name, x, level):
        x = self.residual(name, x)
        return self.attend(name + ".attention", x) if level == self.numbers["attention"] else x

    def forward(self, x):
        x = self.conv("in", x)
        waiting = [x]
        for level in range(1, self.levels + 1):
            if level > 1:
                x = self.half("down.%d.half" % level, x)
                waiting.append(x)
            for i in range(1, self.blocks + 1):
                x = self.block("down.%d.%d" % (level, i), x, level)
                waiting.append(x)
        x = self.residual("middle.2", self.attend("middle.attention", self.residual("middle.1", x)))
        for level in range(self.levels, 0, -1):
            for i in range(1, self.blocks + 2):
                x = self.block("up.%d.%d" % (level, i), torch.cat([x, waiting.pop()], 1), level)
            if level > 1:
                x = self.double("up.%d.double" % level, x)
        return self.conv("out", F.silu(self.norm("norm", x)))

    def loss(self):
        return F.mse_loss(self.forward(self.x), self.target)


class Sgemm:
    def __init__(self, tensors, numbers):
        self.a, self.b = (torch.from_numpy(tensors[name]) for name in "ab")
        self.c = self.a @ self.b

    def iterate(self):
        torch.mm(self.a, self.b, out=self.c)

    def check(self):
        return [self.c.double().norm().item()]


class AttentionAlone:
    """Attention forward and backward by fused queries, keys and values."""

    def __init__(self, tensors, numbers):
        shape = (int(numbers["images"]), int(numbers["tokens"]), -1)
        self.fused = torch.from_numpy(tensors["fused"]).view(shape).requires_grad_()
        self.dy = torch.from_numpy(tensors["dy"]).view(shape)
        self.heads = int(numbers["heads"])

    def iterate(self):
        n, tokens, width = self.dy.shape
        q, k, v = self.fused.view(n, tokens, 3, self.heads, -1).permute(2, 0, 3, 1, 4).unbind(0)
        y = attention(q, k, v).transpose(1, 2).reshape(n, tokens, width)
        return y, torch.autograd.grad(y, self.fused, self.dy)[0]

    def check(self):
        return [x.detach().double().norm().item() for x in self.iterate()]


class Projection:
    """Patches of images times a basis. A convolution with the basis as kernels is PyTorch's fastest way."""

    def __init__(self, tensors, numbers):
        self.images = torch.from_numpy(tensors["images"])
        channels = self.images.shape[1]
        self.side = int(numbers["patch"])
        encoder = torch.from_numpy(tensors["encoder"])
        self.kernels = encoder.view(-1, self.side, self.side, channels).permute(0, 3, 1, 2).contiguous()
        self.bias = torch.from_numpy(tensors["encoder_bias"]).view(-1)

    @torch.no_grad()
    def iterate(self):
        return F.conv2d(self.images, self.kernels, self.bias, stride=self.side).flatten(2).transpose(1, 2).contiguous()

    def check(self):
        z = self.iterate().double()
        return [z.norm().item(), z[0].norm().item()]


class Encode:
    """Images to the average token after the encoder."""

    def __init__(self, tensors, numbers):
        self.projection = Projection(tensors, numbers)
        self.decoder = torch.from_numpy(tensors["decoder"])
        self.decoder_bias = torch.from_numpy(tensors["decoder_bias"]).view(-1)
        self.net = VisionTransformer(tensors, numbers)

    @torch.no_grad()
    def iterate(self):
        tokens = F.linear(self.projection.iterate(), self.decoder, self.decoder_bias)
        return self.net.features(tokens).mean(1)

    def check(self):
        features = self.iterate().double()
        return [features.norm().item(), features.flatten()[: features.shape[1] // 2].norm().item()]


if __name__ == "__main__":
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", torch.get_num_threads())))
    about = "%s, %d threads, %s" % (torch.__version__, torch.get_num_threads(), peer.blas())
    tasks = {
        "step": Step,
        "convvae": ConvVae,
        "unet": UNet,
        "sgemm": Sgemm,
        "attention": AttentionAlone,
        "projection": Projection,
        "encode": Encode,
    }
    peer.serve(about, tasks)
