"""Golden values for org.ldae.nn and org.ldae.compute, computed by PyTorch in float64.

Run: python3 src/test/python/nn.py (in ldae-core; needs torch and numpy).
"""
import math

import numpy as np
import torch
import torch.nn.functional as F

import golden

FOLDER = "nn"
torch.set_default_dtype(torch.float64)


def save(name, **arrays):
    """Inputs were rounded to float32 before use, so that Java starts from the same numbers."""
    arrays = {key: golden.plain(array).astype(np.float64) for key, array in arrays.items()}
    golden.save(FOLDER + "/" + name, arrays)


def normal(*shape, scale=1.0):
    """Random normal leaf, rounded to float32."""
    return (torch.randn(*shape) * scale).float().double().requires_grad_()


def layer_norm():
    x, w, b, dy = normal(6, 20, scale=2), normal(20), normal(20), normal(6, 20)
    plain = F.layer_norm(x, (20,), eps=1e-6)
    y = F.layer_norm(x, (20,), w, b, eps=1e-6)
    (y * dy).sum().backward()
    save("layer_norm", x=x, weight=w, bias=b, dy=dy, plain=plain, y=y, dx=x.grad, dWeight=w.grad, dBias=b.grad)


def activations():
    x = torch.cat([torch.linspace(-12, 12, 97), torch.tensor([1e-3, -1e-3, 1e-6, 0.0])]).float().double()
    arrays = {"x": x}
    functions = {
        "GELU_TANH": lambda v: F.gelu(v, approximate="tanh"),
        "GELU_ERF": F.gelu,
        "SILU": F.silu,
        "RELU": F.relu,
        "LEAKY_RELU": lambda v: F.leaky_relu(v, 0.2),
    }
    for name, f in functions.items():
        leaf = x.clone().requires_grad_()
        y = f(leaf)
        y.sum().backward()
        arrays[name] = y
        arrays["d" + name] = leaf.grad
    save("activations", **arrays)


def attention():
    n, tokens, width, heads = 2, 5, 16, 2
    layer = torch.nn.MultiheadAttention(width, heads, bias=True, batch_first=True)
    with torch.no_grad():
        for p in layer.parameters():
            p.copy_((torch.randn_like(p) * 0.4).float().double())
    x, dy = normal(n, tokens, width), normal(n, tokens, width)
    y, probabilities = layer(x, x, x, average_attn_weights=False)
    (y * dy).sum().backward()
    save(
        "attention",
        x=x, dy=dy, y=y, dx=x.grad, probabilities=probabilities,
        **{"qkv.weight": layer.in_proj_weight, "qkv.bias": layer.in_proj_bias},
        **{"projection.weight": layer.out_proj.weight, "projection.bias": layer.out_proj.bias},
        **{"d.qkv.weight": layer.in_proj_weight.grad, "d.qkv.bias": layer.in_proj_bias.grad},
        **{"d.projection.weight": layer.out_proj.weight.grad, "d.projection.bias": layer.out_proj.bias.grad},
    )


def mlp():
    x, trunk, dy = normal(7, 6), normal(7, 5), normal(7, 5)
    w1, b1, w2, b2 = normal(9, 6), normal(9), normal(5, 9), normal(5)
    arrays = dict(x=x, trunk=trunk, dy=dy)
    arrays.update({"first.weight": w1, "first.bias": b1, "second.weight": w2, "second.bias": b2})
    functions = {"GELU_TANH": lambda v: F.gelu(v, approximate="tanh"), "GELU_ERF": F.gelu, "SILU": F.silu}
    functions.update({"RELU": F.relu, "LEAKY_RELU": lambda v: F.leaky_relu(v, 0.2)})
    for name, f in functions.items():
        leaves = [v.detach().clone().requires_grad_() for v in (x, w1, b1, w2, b2)]
        y = trunk + F.linear(f(F.linear(leaves[0], leaves[1], leaves[2])), leaves[3], leaves[4])
        (y * dy).sum().backward()
        arrays["y." + name] = y
        for key, leaf in zip(("x", "first.weight", "first.bias", "second.weight", "second.bias"), leaves):
            arrays["d." + key + "." + name] = leaf.grad
    save("mlp", **arrays)


def modulation():
    """Half a DiT block: trunk + gate * branch(modulate(norm(x), shift, scale)), the branch a tanh here."""
    n, tokens, width = 3, 4, 10
    x, dy = normal(n, tokens, width), normal(n, tokens, width)
    condition = normal(n, 3 * width)  # shift, scale, gate: columns of one product, as DiT's chunk(6, dim=1)
    shift, scale, gate = condition.chunk(3, dim=1)
    modulated = F.layer_norm(x, (width,), eps=1e-6) * (1 + scale.unsqueeze(1)) + shift.unsqueeze(1)
    modulated.retain_grad()
    branch = torch.tanh(modulated)
    branch.retain_grad()
    y = x + gate.unsqueeze(1) * branch
    (y * dy).sum().backward()
    save(
        "modulation",
        x=x, dy=dy, condition=condition, modulated=modulated, branch=branch, y=y,
        dx=x.grad, dCondition=condition.grad, dModulated=modulated.grad, dBranch=branch.grad,
    )


def adamw():
    steps, rates = 5, [1e-3, 2e-3, 3e-3, 2e-3, 5e-4]
    start_w, start_b = normal(4, 6).detach(), normal(6).detach()
    gradients = [(normal(4, 6).detach(), normal(6).detach()) for _ in range(steps)]
    arrays = {"w": start_w, "b": start_b, "rates": np.array(rates)}
    for s in range(steps):
        arrays["dw%d" % (s + 1)], arrays["db%d" % (s + 1)] = gradients[s]
    variants = {"plain": (0.0, 0.999), "decay": (0.05, 0.95)}
    for name, (decay, beta2) in variants.items():
        w, b = start_w.clone().requires_grad_(), start_b.clone().requires_grad_()
        groups = [{"params": [w], "weight_decay": decay}, {"params": [b], "weight_decay": 0.0}]
        optimiser = torch.optim.AdamW(groups, lr=1.0, betas=(0.9, beta2), eps=1e-8)
        for s in range(steps):
            for group in optimiser.param_groups:
                group["lr"] = rates[s]
            w.grad, b.grad = gradients[s][0].clone(), gradients[s][1].clone()
            optimiser.step()
            arrays["%s.w%d" % (name, s + 1)] = w.detach().clone()
            arrays["%s.b%d" % (name, s + 1)] = b.detach().clone()
        arrays[name + ".first"] = optimiser.state[w]["exp_avg"]
        arrays[name + ".second"] = optimiser.state[w]["exp_avg_sq"]
    save("adamw", **arrays)


def positions():
    """From the formula: width D; first half encodes the column, second the row, each half [sin | cos]."""
    rows, columns, width = 3, 5, 24
    omega = 10000.0 ** (-np.arange(width // 4) / (width / 4.0))
    table = np.zeros((rows, columns, width))
    for r in range(rows):
        for c in range(columns):
            table[r, c] = np.concatenate([np.sin(c * omega), np.cos(c * omega), np.sin(r * omega), np.cos(r * omega)])
    save("positions", table=table.reshape(rows * columns, width))


def time():
    """DiT's TimestepEmbedder.timestep_embedding(t, 256), with t in [0, 1] scaled to 1000 steps."""
    t = torch.tensor([0.0, 0.001, 0.01, 0.25, 0.5, 0.999, 1.0])
    half = 128
    frequencies = torch.exp(-math.log(10000) * torch.arange(0, half) / half)
    arguments = (1000 * t)[:, None] * frequencies[None]
    save("time", t=t, embedding=torch.cat([torch.cos(arguments), torch.sin(arguments)], dim=-1))


if __name__ == "__main__":
    torch.manual_seed(0)
    for make in (layer_norm, activations, attention, mlp, modulation, adamw, positions, time):
        make()
