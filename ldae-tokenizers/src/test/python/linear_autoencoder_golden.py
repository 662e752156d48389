"""Writes the golden files of LinearObjectiveTest: loss, gradients and training steps of linear autoencoders by PyTorch.

The variational loss is averaged over reparameterised samples z = V x + sqrt(s) * e with e running through all corners of
{-1, 1}^d: since the loss is quadratic in e, that is its exact expectation over normal noise, without the closed form that
is tested. Run in this folder: python3 linear_autoencoder_golden.py
"""

import itertools
import math
import pathlib

import numpy as np
import torch

FOLDER = pathlib.Path(__file__).parent.parent / "resources" / "golden" / "tokenizers"
N, D, d = 40, 6, 3
KL_WEIGHT = 0.3
STEPS, WARMUP, RATE, BETA2, DECAY = 6, 2, 0.02, 0.95, 0.05

torch.manual_seed(7)
torch.set_default_dtype(torch.float64)
x = torch.randn(N, D) @ torch.randn(D, D)
x = x - x.mean(0)
x = x / x.pow(2).mean().sqrt()
moments = x.T @ x / N
signs = torch.tensor(list(itertools.product([-1.0, 1.0], repeat=d)))
start = {"encoder": 0.5 * torch.randn(d, D), "decoder": 0.5 * torch.randn(d, D), "log-variance": torch.randn(d)}
start = {name: value.float().double() for name, value in start.items()}


def ae_loss(p):
    return (x - x @ p["encoder"].T @ p["decoder"]).pow(2).sum(1).mean() / D


def vae_loss(p):
    mean = x @ p["encoder"].T
    z = mean[None] + (0.5 * p["log-variance"]).exp() * signs[:, None]
    error = (x - z @ p["decoder"]).pow(2).sum(2).mean()
    kl = 0.5 * (mean.pow(2) + p["log-variance"].exp() - 1 - p["log-variance"]).sum(1).mean()
    return (error + KL_WEIGHT * kl) / D


def precondition(p):
    """Divides the patches' moments out of the encoder's gradient."""
    p["encoder"].grad = torch.linalg.solve(moments, p["encoder"].grad.T).T


def rate(step):
    if step <= WARMUP:
        return RATE * step / WARMUP
    return RATE * 0.5 * (1 + math.cos(math.pi * (step - 1 - WARMUP) / (STEPS - WARMUP)))


def flat(values):
    return np.concatenate([value.detach().numpy().ravel() for value in values])


golden = {"linear-moments": moments.numpy(), "linear-start": flat(start.values())}
for kind, loss, names in (("ae", ae_loss, ["encoder", "decoder"]), ("vae", vae_loss, list(start))):
    p = {name: start[name].clone().requires_grad_() for name in names}
    matrices = [p[name] for name in names if p[name].dim() == 2]
    vectors = [p[name] for name in names if p[name].dim() == 1]
    groups = [{"params": matrices, "weight_decay": DECAY}, {"params": vectors, "weight_decay": 0}]
    optimiser = torch.optim.AdamW([g for g in groups if g["params"]], betas=(0.9, BETA2), eps=1e-8)
    losses = []
    for step in range(1, STEPS + 1):
        optimiser.zero_grad()
        value = loss(p)
        losses.append(value.item())
        value.backward()
        precondition(p)
        if step == 1:
            golden[f"linear-{kind}-gradients"] = flat(q.grad for q in p.values())
        for group in optimiser.param_groups:
            group["lr"] = rate(step)
        optimiser.step()
    golden[f"linear-{kind}-losses"] = np.array(losses + [loss(p).item()])
    golden[f"linear-{kind}-trained"] = flat(p.values())

for name, array in golden.items():
    np.save(FOLDER / f"{name}.npy", np.ascontiguousarray(array))
    print(name, array.shape)
