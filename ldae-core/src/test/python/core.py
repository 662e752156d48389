"""Golden values for org.ldae.core: noise schedules in PyTorch, float64, written from their papers, and the density of the
logSNR by autograd.

Run: /usr/bin/python3 src/test/python/core.py (in ldae-core; needs torch).
"""
import math

import torch

import golden

torch.set_default_dtype(torch.float64)

# DDPM: beta from 1e-4 to 0.02 in 1000 steps; gamma^2 is their running product of 1 - beta (DiT, gaussian_diffusion.py).
ALPHA_BARS = torch.cumprod(1 - torch.linspace(1e-4, 0.02, 1000), 0)
STEPS = [1, 2, 10, 100, 250, 500, 750, 999, 1000]
TIMES = [0.0004, 0.0123, 0.1005, 0.2501, 0.4999, 0.6004, 0.7507, 0.9003, 0.9876, 0.9996]


def save(name, arrays):
    golden.save("core/" + name, {key: torch.as_tensor(values, dtype=torch.float64) for key, values in arrays.items()})


def root(gamma_squared):
    return gamma_squared.sqrt(), (1 - gamma_squared).sqrt()


def ddpm(t):
    """Between two of its steps gamma^2 is linear."""
    table = torch.cat([torch.ones(1), ALPHA_BARS])
    below = (t * 1000).floor().long()
    return root(torch.lerp(table[below], table[below + 1], t * 1000 - below))


def laplace(mean, scale):
    """Hang and Gu 2024: the logSNR at time t is the quantile of a Laplace distribution at 1 - t."""
    def levels(t):
        log_snr = torch.distributions.Laplace(mean, scale).icdf(1 - t)
        return log_snr.sigmoid().sqrt(), (-log_snr).sigmoid().sqrt()
    return levels


SCHEDULES = {
    "additive": lambda t: (t**0, math.sqrt(2) * t),
    "single": lambda t: (t**0, math.sqrt(1 / 3) * t**0),
    "linear": lambda t: root(1 - t),
    "cosine": lambda t: (torch.cos(math.pi / 2 * t), torch.sin(math.pi / 2 * t)),
    "laplace": laplace(0.3, 0.5),
    "laplace-wide": laplace(-1.0, 2.0),
    "ddpm": ddpm,
}

gamma, sigma = root(ALPHA_BARS[torch.tensor(STEPS) - 1])
save("ddpm", {"steps": STEPS, "gamma": gamma, "sigma": sigma})
arrays = {"times": TIMES}
for name, schedule in SCHEDULES.items():
    t = torch.tensor(TIMES, requires_grad=True)
    gamma, sigma = schedule(t)
    log_snr = torch.log(gamma**2 / sigma**2)
    found = dict(gamma=gamma, sigma=sigma, log_snr=log_snr)
    if name != "single":
        # t is uniform, so the density of the logSNR is -dt / dlogSNR.
        (slope,) = torch.autograd.grad(log_snr.sum(), t)
        found["density"] = -1 / slope
    arrays |= {name + "." + key: value.detach() for key, value in found.items()}
save("schedules", arrays)
