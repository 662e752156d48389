"""Golden values for org.ldae.sampling in numpy and scipy, float64: samplers as their papers write them, on a mixture of
Gaussians whose denoiser is known, with all noise given; and Frechet distances by scipy.linalg.sqrtm.

Run: /usr/bin/python3 src/test/python/samplers.py (in ldae-models; needs numpy and scipy). Files are laid out as vit.py's.
"""
import base64
import json
import math
import pathlib

import numpy as np
from scipy.linalg import sqrtm

OUT = pathlib.Path(__file__).parent.parent / "resources" / "golden" / "models"
ITEMS, STEPS = 4, 6
MEANS = np.array([[1.5, -0.5, 0.25], [-1.0, 0.5, 0.75]])
VARIANCES = np.array([[0.2, 0.6, 0.05], [0.4, 0.1, 0.3]])
SHARES = np.array([0.3, 0.7])
MAX_SIGMA = math.sqrt(2)
rng = np.random.default_rng(5)


def save(name, arrays, doubles=()):
    content = {}
    for key, array in arrays.items():
        dtype = "float64" if key in doubles else "float32"
        raw = np.ascontiguousarray(array, dtype="<f8" if dtype == "float64" else "<f4").tobytes()
        content[key] = {"shape": list(np.shape(array)), dtype: base64.b64encode(raw).decode()}
    (OUT / (name + ".json")).write_text(json.dumps(content, indent=0) + "\n")


def normals(*shape):
    """Rounded to float32, so that Java starts from the same numbers."""
    return rng.standard_normal(shape).astype(np.float32).astype(np.float64)


def denoise(z, gamma, sigma):
    """E[x | z] for z = gamma x + sigma eps and x from the mixture."""
    variances = gamma**2 * VARIANCES + sigma**2
    off = z[:, None, :] - gamma * MEANS
    logs = np.log(SHARES) - 0.5 * (off**2 / variances + np.log(variances)).sum(-1)
    weights = np.exp(logs - logs.max(1, keepdims=True))
    weights /= weights.sum(1, keepdims=True)
    return (weights[:, :, None] * (MEANS + gamma * VARIANCES / variances * off)).sum(1)


def guided(z, gamma, sigma, scale):
    """Ho and Salimans, eq. 6, in terms of the noise; the condition is the mixture's first component."""
    eps_u = (z - gamma * denoise(z, gamma, sigma)) / sigma
    clean_c = MEANS[0] + gamma * VARIANCES[0] / (gamma**2 * VARIANCES[0] + sigma**2) * (z - gamma * MEANS[0])
    eps_c = (z - gamma * clean_c) / sigma
    w = scale - 1
    eps = (1 + w) * eps_c - w * eps_u
    return (z - sigma * eps) / gamma


def ddpm_alpha_bars():
    return np.concatenate([[1.0], np.cumprod(1 - np.linspace(1e-4, 0.02, 1000))])


def alpha_bars(schedule):
    """alpha bar (gamma squared) at STEPS + 1 even times, clean first."""
    if schedule == "ddpm":
        t = np.linspace(0, 1, STEPS + 1)
        return np.interp(t * 1000, np.arange(1001), ddpm_alpha_bars())
    last = 160**2 / (1 + 160**2)  # sigma over gamma is 160 at the start
    if schedule == "linear":
        return 1 - np.linspace(0, last, STEPS + 1)
    end = math.atan(160)
    return np.cos(np.linspace(0, end, STEPS + 1)) ** 2  # cosine


def start(alpha_bar, latents, noise):
    return math.sqrt(alpha_bar) * latents + math.sqrt(1 - alpha_bar) * noise[0]


def ancestral(schedule, latents, noise):
    """Ho et al., eq. 6 and 7, with alpha_t = abar_t / abar_(t-1)."""
    abar = alpha_bars(schedule)
    x = start(abar[-1], latents, noise)
    for step, i in enumerate(range(STEPS, 0, -1), 1):
        alpha, beta = abar[i] / abar[i - 1], 1 - abar[i] / abar[i - 1]
        x0 = denoise(x, math.sqrt(abar[i]), math.sqrt(1 - abar[i]))
        mean = math.sqrt(abar[i - 1]) * beta / (1 - abar[i]) * x0
        mean += math.sqrt(alpha) * (1 - abar[i - 1]) / (1 - abar[i]) * x
        variance = (1 - abar[i - 1]) / (1 - abar[i]) * beta
        x = mean + math.sqrt(variance) * noise[step]
    return x


def ddim(schedule, latents, noise, eta=0.0, scale=None):
    """Song, Meng and Ermon, eq. 12 and 16."""
    abar = alpha_bars(schedule)
    x = start(abar[-1], latents, noise)
    for step, i in enumerate(range(STEPS, 0, -1), 1):
        gamma, sigma = math.sqrt(abar[i]), math.sqrt(1 - abar[i])
        x0 = denoise(x, gamma, sigma) if scale is None else guided(x, gamma, sigma, scale)
        eps = (x - gamma * x0) / sigma
        fresh = eta * math.sqrt((1 - abar[i - 1]) / (1 - abar[i])) * math.sqrt(1 - abar[i] / abar[i - 1])
        direction = math.sqrt(max(0, 1 - abar[i - 1] - fresh**2))
        x = math.sqrt(abar[i - 1]) * x0 + direction * eps + fresh * noise[step]
    return x


def euler(latents, noise):
    """Karras et al., algorithm 1 without its correction: dx/dsigma = (x - D(x)) / sigma."""
    sigmas = np.linspace(MAX_SIGMA, 0, STEPS + 1)
    x = latents + MAX_SIGMA * noise[0]
    for sigma, following in zip(sigmas[:-1], sigmas[1:]):
        x = x + (following - sigma) * (x - denoise(x, 1.0, sigma)) / sigma
    return x


def langevin(latents, noise, levels, each, smallest, epsilon):
    """Song and Ermon, algorithm 1, with the score by Tweedie's formula, and a last denoising."""
    sigmas = np.exp(np.linspace(math.log(MAX_SIGMA), math.log(smallest), levels))
    x = latents + MAX_SIGMA * noise[0]
    step = 1
    for sigma in sigmas:
        alpha = epsilon * sigma**2 / sigmas[-1] ** 2
        for _ in range(each):
            score = (denoise(x, 1.0, sigma) - x) / sigma**2
            x = x + alpha / 2 * score + math.sqrt(alpha) * noise[step]
            step += 1
    return denoise(x, 1.0, smallest)


def samplers():
    latents, noise = normals(ITEMS, 3), normals(13, ITEMS, 3)
    arrays = {"means": MEANS, "variances": VARIANCES, "shares": SHARES, "latents": latents, "noise": noise}
    for schedule in ("linear", "cosine", "ddpm"):
        arrays["ancestral." + schedule] = ancestral(schedule, latents, noise)
        arrays["ddim." + schedule] = ddim(schedule, latents, noise)
        arrays["ddim-half." + schedule] = ddim(schedule, latents, noise, eta=0.5)
    arrays["guided"] = ddim("cosine", latents, noise, scale=2.5)
    arrays["euler"] = euler(latents, noise)
    arrays["langevin"] = langevin(latents, noise, 4, 3, 0.1, 0.004)
    save("samplers", arrays, ("means", "variances", "shares"))


def frechet(a, b):
    """As the code of Heusel et al.: sqrtm of the product, its imaginary part dropped."""
    first, second = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    root = sqrtm(first @ second)
    difference = a.mean(0) - b.mean(0)
    return difference @ difference + np.trace(first) + np.trace(second) - 2 * np.trace(np.real(root))


def distances():
    wide, mix = normals(40, 6), normals(6, 6)
    arrays = {"a": wide @ mix, "b": normals(30, 6) * 0.7 + 0.3}
    arrays["few"] = normals(4, 6) + 0.5  # rank 3
    arrays["flat"] = normals(25, 2) @ normals(2, 6)  # rank 2
    arrays = {key: array.astype(np.float32).astype(np.float64) for key, array in arrays.items()}
    pairs = [("a", "b"), ("a", "few"), ("few", "b"), ("flat", "b"), ("flat", "a"), ("flat", "few")]
    results = {x + "." + y: [frechet(arrays[x], arrays[y])] for x, y in pairs}
    save("frechet", {**arrays, **results}, tuple(results))


if __name__ == "__main__":
    samplers()
    distances()
