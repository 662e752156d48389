"""Golden values for org.ldae.core, computed in float64. Run: /usr/bin/python3 src/test/python/core.py (in ldae-core)."""
import json
import math
import pathlib

import numpy as np
import torch

OUT = pathlib.Path(__file__).parent.parent / "resources" / "golden" / "core"
torch.set_default_dtype(torch.float64)

# DDPM: beta from 1e-4 to 0.02 in 1000 steps; gamma^2 is their running product of 1 - beta (DiT, gaussian_diffusion.py).
PRODUCTS = np.cumprod(1 - np.linspace(1e-4, 0.02, 1000))
STEPS = [1, 2, 10, 100, 250, 500, 750, 999, 1000]


def save(name, arrays):
    content = {key: {"shape": list(np.shape(a)), "data": [v if isinstance(v, int) else float(v) for v in a]} for key, a in arrays.items()}
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / (name + ".json")).write_text(json.dumps(content, separators=(",", ":")) + "\n")


def ddpm_gamma_squared(t):
    table = torch.cat([torch.ones(1), torch.tensor(PRODUCTS)])
    below = (t * 1000).floor().long()
    return torch.lerp(table[below], table[below + 1], t * 1000 - below)


def laplace(t):
    """Hang and Gu 2024, Tab. 1: mean - b sgn(0.5 - t) ln(1 - 2 |t - 0.5|), here with mean 0.3 and b 0.5."""
    log_snr = 0.3 - 0.5 * torch.sign(0.5 - t) * torch.log(1 - 2 * (t - 0.5).abs())
    return log_snr.sigmoid().sqrt(), (-log_snr).sigmoid().sqrt()


def root(gamma_squared):
    return gamma_squared.sqrt(), (1 - gamma_squared).sqrt()


SCHEDULES = {
    "additive": lambda t: (torch.ones_like(t) + 0 * t, math.sqrt(2) * t),
    "linear": lambda t: root(1 - t),
    "cosine": lambda t: (torch.cos(math.pi / 2 * t), torch.sin(math.pi / 2 * t)),
    "laplace": laplace,
    "ddpm": lambda t: root(ddpm_gamma_squared(t)),
}

save("ddpm", {
    "steps": STEPS,
    "gamma": [np.sqrt(PRODUCTS[s - 1]) for s in STEPS],
    "sigma": [np.sqrt(1 - PRODUCTS[s - 1]) for s in STEPS],
})
arrays = {"times": [0.0004, 0.0123, 0.1005, 0.2501, 0.4999, 0.6004, 0.7507, 0.9003, 0.9876, 0.9996]}
for name, schedule in SCHEDULES.items():
    t = torch.tensor(arrays["times"], requires_grad=True)
    gamma, sigma = schedule(t)
    log_snr = torch.log(gamma**2 / sigma**2)
    (slope,) = torch.autograd.grad(log_snr.sum(), t)
    # t is uniform, so the density of the logSNR is -dt / dlogSNR.
    found = dict(gamma=gamma, sigma=sigma, log_snr=log_snr, density=-1 / slope)
    arrays |= {name + "." + key: value.detach().numpy() for key, value in found.items()}
save("schedules", arrays)
