"""Golden values for org.ldae.exchange: the networks of timm, Hugging Face and DiT, written anew from their papers and documented
names, with random weights under the true names, and what they compute.

Run: /usr/bin/python3 src/test/python/exchange.py (in ldae-models; needs torch and numpy) writes the golden files;
     ... exchange.py check NAMING FILE EXPECTED loads a file that the library wrote, strictly by name, and compares its outputs.
"""
import json
import math
import pathlib
import struct
import sys

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

sys.path.append(str(pathlib.Path(__file__).resolve().parents[4] / "ldae-core/src/test/python"))
import golden as files  # noqa: E402

MEAN, DEVIATION = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        n, l, m = x.shape
        q, k, v = self.qkv(x).reshape(n, l, 3, self.heads, m // self.heads).permute(2, 0, 3, 1, 4)
        weights = (q @ k.transpose(-2, -1) / math.sqrt(m // self.heads)).softmax(-1)
        return self.proj((weights @ v).transpose(1, 2).reshape(n, l, m))


class Mlp(nn.Module):
    def __init__(self, width, hidden, approximate):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(width, hidden), nn.Linear(hidden, width)
        self.approximate = approximate

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x), approximate=self.approximate))


class Block(nn.Module):
    """A pre-norm block (Dosovitskiy et al. 2021)."""

    def __init__(self, width, heads, hidden, epsilon, approximate):
        super().__init__()
        self.norm1, self.attn = nn.LayerNorm(width, eps=epsilon), Attention(width, heads)
        self.norm2, self.mlp = nn.LayerNorm(width, eps=epsilon), Mlp(width, hidden, approximate)

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class PatchEmbed(nn.Module):
    def __init__(self, channels, width, patch):
        super().__init__()
        self.proj = nn.Conv2d(channels, width, patch, stride=patch)

    def forward(self, x):
        return self.proj(x).flatten(2).transpose(1, 2)


class TimmViT(nn.Module):
    """VisionTransformer under timm's names, which are the MAE repository's."""

    def __init__(self, side, patch, channels, width, depth, heads, hidden, classes,
                 class_token=True, last_norm=True, epsilon=1e-6, approximate="none", tokens=None):
        super().__init__()
        tokens = tokens or (side // patch) ** 2
        self.patch_embed = PatchEmbed(channels, width, patch)
        if class_token:
            self.cls_token = nn.Parameter(torch.zeros(1, 1, width))
        self.pos_embed = nn.Parameter(torch.zeros(1, tokens + class_token, width))
        self.blocks = nn.ModuleList(Block(width, heads, hidden, epsilon, approximate) for _ in range(depth))
        self.norm = nn.LayerNorm(width, eps=epsilon) if last_norm else nn.Identity()
        self.head = nn.Linear(width, classes) if classes else nn.Identity()

    def forward(self, x):
        x = self.patch_embed(x)
        if hasattr(self, "cls_token"):
            x = torch.cat([self.cls_token.expand(len(x), -1, -1), x], dim=1)
        x = x + self.pos_embed
        for block in self.blocks:
            x = block(x)
        return self.norm(x)


class Named(nn.Module):
    """A module that only holds others under names."""

    def __init__(self, **parts):
        super().__init__()
        for name, part in parts.items():
            setattr(self, name, part)


class HuggingFaceLayer(nn.Module):
    def __init__(self, width, heads, hidden, epsilon):
        super().__init__()
        self.heads = heads
        self.attention = Named(
            attention=Named(query=nn.Linear(width, width), key=nn.Linear(width, width), value=nn.Linear(width, width)),
            output=Named(dense=nn.Linear(width, width)))
        self.intermediate = Named(dense=nn.Linear(width, hidden))
        self.output = Named(dense=nn.Linear(hidden, width))
        self.layernorm_before = nn.LayerNorm(width, eps=epsilon)
        self.layernorm_after = nn.LayerNorm(width, eps=epsilon)

    def forward(self, x):
        n, l, m = x.shape
        normed = self.layernorm_before(x)
        inner = self.attention.attention
        q, k, v = (part(normed).view(n, l, self.heads, -1).transpose(1, 2) for part in (inner.query, inner.key, inner.value))
        mixed = (q @ k.transpose(-2, -1) / math.sqrt(m // self.heads)).softmax(-1) @ v
        x = x + self.attention.output.dense(mixed.transpose(1, 2).reshape(n, l, m))
        return x + self.output.dense(F.gelu(self.intermediate.dense(self.layernorm_after(x))))


class HuggingFaceMae(nn.Module):
    """ViTMAEForPreTraining: the encoder over all patches, and a decoder that is only there to be left aside."""

    def __init__(self, side, patch, channels, width, depth, heads, hidden, epsilon=1e-12):
        super().__init__()
        embeddings = Named(patch_embeddings=Named(projection=nn.Conv2d(channels, width, patch, stride=patch)))
        embeddings.cls_token = nn.Parameter(torch.zeros(1, 1, width))
        embeddings.position_embeddings = nn.Parameter(torch.zeros(1, (side // patch) ** 2 + 1, width))
        self.vit = Named(
            embeddings=embeddings,
            encoder=Named(layer=nn.ModuleList(HuggingFaceLayer(width, heads, hidden, epsilon) for _ in range(depth))),
            layernorm=nn.LayerNorm(width, eps=epsilon))
        self.decoder = Named(decoder_embed=nn.Linear(width, 8), decoder_norm=nn.LayerNorm(8))
        self.decoder.mask_token = nn.Parameter(torch.zeros(1, 1, 8))

    def forward(self, x):
        embeddings = self.vit.embeddings
        x = embeddings.patch_embeddings.projection(x).flatten(2).transpose(1, 2)
        x = torch.cat([embeddings.cls_token.expand(len(x), -1, -1), x], dim=1) + embeddings.position_embeddings
        for layer in self.vit.encoder.layer:
            x = layer(x)
        return self.vit.layernorm(x)


def modulate(x, shift, scale):
    return x * (1 + scale.unsqueeze(1)) + shift.unsqueeze(1)


class DiTBlock(nn.Module):
    """adaLN-Zero (Peebles and Xie 2023): shift, scale and gate for attention, then for the MLP."""

    def __init__(self, width, heads, hidden):
        super().__init__()
        self.norm1 = nn.LayerNorm(width, elementwise_affine=False, eps=1e-6)
        self.attn = Attention(width, heads)
        self.norm2 = nn.LayerNorm(width, elementwise_affine=False, eps=1e-6)
        self.mlp = Mlp(width, hidden, "tanh")
        self.adaLN_modulation = nn.Sequential(nn.SiLU(), nn.Linear(width, 6 * width))

    def forward(self, x, c):
        shift1, scale1, gate1, shift2, scale2, gate2 = self.adaLN_modulation(c).chunk(6, dim=1)
        x = x + gate1.unsqueeze(1) * self.attn(modulate(self.norm1(x), shift1, scale1))
        return x + gate2.unsqueeze(1) * self.mlp(modulate(self.norm2(x), shift2, scale2))


class DiTFinal(nn.Module):
    def __init__(self, width, outputs):
        super().__init__()
        self.norm_final = nn.LayerNorm(width, elementwise_affine=False, eps=1e-6)
        self.linear = nn.Linear(width, outputs)
        self.adaLN_modulation = nn.Sequential(nn.SiLU(), nn.Linear(width, 2 * width))

    def forward(self, x, c):
        shift, scale = self.adaLN_modulation(c).chunk(2, dim=1)
        return self.linear(modulate(self.norm_final(x), shift, scale))


def sincos(width, position):
    omega = 1.0 / 10000 ** (np.arange(width // 2, dtype=np.float64) / (width / 2.0))
    out = np.einsum("m,d->md", position.reshape(-1), omega)
    return np.concatenate([np.sin(out), np.cos(out)], axis=1)


def grid_positions(width, side):
    across, down = np.meshgrid(np.arange(side, dtype=np.float64), np.arange(side, dtype=np.float64))
    return torch.tensor(np.concatenate([sincos(width // 2, across), sincos(width // 2, down)], axis=1))


class DiT(nn.Module):
    """DiT; with sigma it predicts the noise and, beside it in the channels, its variance."""

    def __init__(self, side, patch, channels, width, depth, heads, hidden, classes, sigma=True):
        super().__init__()
        self.patch, self.outputs = patch, channels * (2 if sigma else 1)
        self.x_embedder = PatchEmbed(channels, width, patch)
        self.t_embedder = Named(mlp=nn.Sequential(nn.Linear(256, width), nn.SiLU(), nn.Linear(width, width)))
        self.y_embedder = Named(embedding_table=nn.Embedding(classes + 1, width))
        self.pos_embed = nn.Parameter(torch.zeros(1, (side // patch) ** 2, width), requires_grad=False)
        self.blocks = nn.ModuleList(DiTBlock(width, heads, hidden) for _ in range(depth))
        self.final_layer = DiTFinal(width, patch * patch * self.outputs)

    def forward(self, x, steps, labels):
        frequencies = torch.exp(-math.log(10000) * torch.arange(0, 128, dtype=torch.float64) / 128)
        angles = steps[:, None].to(frequencies) * frequencies[None]
        waves = torch.cat([torch.cos(angles), torch.sin(angles)], dim=-1)
        c = self.t_embedder.mlp(waves) + self.y_embedder.embedding_table(labels)
        x = self.x_embedder(x) + self.pos_embed
        for block in self.blocks:
            x = block(x, c)
        x = self.final_layer(x, c)
        h = int(math.sqrt(x.shape[1]))
        x = x.reshape(len(x), h, h, self.patch, self.patch, self.outputs)
        return torch.einsum("nhwpqc->nchpwq", x).reshape(len(x), self.outputs, h * self.patch, h * self.patch)


def count(model):
    return sum(parameter.numel() for parameter in model.parameters())


def check_sizes():
    """The definitions have the parameters of the published sizes."""
    vit = TimmViT(224, 16, 3, 768, 12, 12, 3072, 1000)
    assert count(vit) == 86_567_656, count(vit)
    mae = HuggingFaceMae(224, 16, 3, 768, 12, 12, 3072)
    assert count(mae.vit) == 86_567_656 - 769_000, count(mae.vit)
    dit = DiT(32, 2, 4, 1152, 28, 16, 4608, 1000)
    assert round(count(dit) / 1e6) == 675, count(dit)
    print("ViT-B/16", count(vit), "DiT-XL/2", count(dit))


def drawn(model, seed):
    """Random weights that float32 holds, large enough that every layer matters."""
    torch.manual_seed(seed)
    model = model.double()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            spread = 0.3 if parameter.dim() < 2 or "token" in name or "pos" in name else 1.2 / math.sqrt(parameter.shape[-1])
            values = spread * torch.randn(parameter.shape, dtype=torch.float64)
            if "norm" in name and name.endswith("weight"):
                values += 1
            parameter.copy_(values.float().double())
    return model


def normalised(images):
    """Of pixels in [-1, 1]."""
    mean, deviation = (torch.tensor(each, dtype=torch.float64).view(1, 3, 1, 1) for each in (MEAN, DEVIATION))
    return ((images + 1) / 2 - mean) / deviation


def save(name, model, expected):
    files.save("exchange/" + name, files.singles(model.state_dict()))
    files.save("exchange/" + name + "-expected", files.singles(expected))


def main():
    check_sizes()
    torch.manual_seed(1)
    images = (torch.rand(3, 3, 16, 16) * 2 - 1).double()

    timm = drawn(TimmViT(16, 4, 3, 24, 2, 3, 48, 5), 2)
    tokens = timm(normalised(images))
    grid = timm.pos_embed[:, 1:].reshape(1, 4, 4, 24).permute(0, 3, 1, 2).float()
    resized = {"positions%d" % side: F.interpolate(grid, size=(side, side), mode="bicubic", antialias=True)
               .permute(0, 2, 3, 1).reshape(side * side, 24) for side in (3, 7)}
    save("timm", timm, {"images": images, "tokens": tokens, "logits": timm.head(tokens[:, 0])} | resized)

    mae = drawn(HuggingFaceMae(16, 4, 3, 24, 2, 3, 48), 3)
    save("hugging-face", mae, {"images": images, "tokens": mae(normalised(images))})

    dit = drawn(DiT(8, 2, 4, 24, 2, 3, 48, 3), 4)
    with torch.no_grad():
        dit.pos_embed.copy_(grid_positions(24, 4).float().double())
    latents = torch.randn(4, 4, 8, 8, dtype=torch.float64).float().double()
    steps, labels = torch.tensor([0, 17, 500, 999]), torch.tensor([0, 2, 3, 1])  # 3: no label
    noise = dit(latents, steps, labels)[:, :4]
    save("dit", dit, {"latents": latents, "steps": steps, "labels": labels, "noise": noise})


def read(path):
    """Tensors and metadata of any safetensors file of F32."""
    data = pathlib.Path(path).read_bytes()
    start = 8 + struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:start])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensors[name] = torch.tensor(np.frombuffer(data[start + begin : start + end], dtype="float32").copy().reshape(entry["shape"]))
    return tensors, metadata


def check(naming, weights_file, expected_file):
    weights, metadata = read(weights_file)
    expected, _ = read(expected_file)
    heads = int(metadata["ldae.heads"])
    if naming == "dit":
        m, c, p, _ = weights["x_embedder.proj.weight"].shape
        depth = 1 + max(int(name.split(".")[1]) for name in weights if name.startswith("blocks."))
        side = int(math.sqrt(weights["pos_embed"].shape[1])) * p
        hidden, classes = len(weights["blocks.0.mlp.fc1.bias"]), len(weights["y_embedder.embedding_table.weight"]) - 1
        model = DiT(side, p, c, m, depth, heads, hidden, classes, sigma=False)
        inputs = (expected["latents"].double(), expected["steps"], expected["labels"].long())
        result = expected["noise"]
    else:
        prefix = "vit.embeddings.patch_embeddings.projection" if naming == "hugging_face" else "patch_embed.proj"
        m, c, p, _ = weights[prefix + ".weight"].shape
        side = expected["images"].shape[-1]
        at = "vit.encoder.layer." if naming == "hugging_face" else "blocks."
        depth = 1 + max(int(name[len(at):].split(".")[0]) for name in weights if name.startswith(at))
        epsilon = float(metadata["ldae.epsilon"])
        if naming == "hugging_face":
            model = HuggingFaceMae(side, p, c, m, depth, heads, len(weights[at + "0.intermediate.dense.bias"]), epsilon)
            model = model if "decoder.mask_token" in weights else Named(vit=model.vit, whole=None)
            model.forward = HuggingFaceMae.forward.__get__(model)
        else:
            model = TimmViT(side, p, c, m, depth, heads, len(weights[at + "0.mlp.fc1.bias"]), 0,
                            "cls_token" in weights, "norm.weight" in weights, epsilon,
                            "tanh" if metadata["ldae.activation"] == "GELU_TANH" else "none",
                            tokens=weights["pos_embed"].shape[1] - ("cls_token" in weights))
        images = expected["images"].double()
        inputs = (normalised(images) if c == 3 else images,)
        result = expected["tokens"]
    model = model.double()
    model.load_state_dict(weights, strict=True)
    error = ((model(*inputs) - result).abs().max() / result.abs().max()).item()
    print("off by %.3g of the largest" % error)
    sys.exit(0 if error < 1e-5 else 1)


if __name__ == "__main__":
    torch.set_grad_enabled(False)
    check(*sys.argv[2:]) if sys.argv[1:2] == ["check"] else main()
