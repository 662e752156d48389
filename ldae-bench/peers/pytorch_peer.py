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


class Step:
    """Forward, mean squared error, backward and AdamW on a fixed batch."""

    def __init__(self, tensors, numbers):
        shape = (int(numbers["batch"]), int(numbers["tokens"]), -1)
        self.input = torch.from_numpy(tensors["input"]).view(shape)
        self.target = torch.from_numpy(tensors["target"]).view(shape)
        self.net = VisionTransformer(tensors, numbers)
        self.steps = int(numbers["steps"])
        parameters = list(self.net.parameters())
        groups = [
            {"params": [p for p in parameters if p.dim() > 1], "weight_decay": numbers["decay"]},
            {"params": [p for p in parameters if p.dim() == 1], "weight_decay": 0.0},
        ]
        # The fused update runs on CPUs from 2.4 on.
        fused = {"fused": True} if tuple(int(v) for v in torch.__version__.split(".")[:2]) >= (2, 4) else {}
        self.optimizer = torch.optim.AdamW(
            groups, numbers["rate"], (numbers["beta1"], numbers["beta2"]), numbers["epsilon"], **fused
        )

    def iterate(self):
        loss = F.mse_loss(self.net(self.input), self.target)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        return loss

    def check(self):
        return [self.iterate().item() for _ in range(self.steps)]


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
        "sgemm": Sgemm,
        "attention": AttentionAlone,
        "projection": Projection,
        "encode": Encode,
    }
    peer.serve(about, tasks)
