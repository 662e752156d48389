"""Golden values for org.ldae.sampling in PyTorch, float64: samplers as their papers write them, with all noise given. The
data are a mixture of two Gaussians; the network is the score of the noised mixture, by autograd on its log density.

Run: /usr/bin/python3 src/test/python/samplers.py (in ldae-models; needs torch and numpy).
"""
import math

import torch
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

from vit import rounded, save

ITEMS, STEPS = 4, 5
MEANS = torch.tensor([[1.5, -0.5, 0.25], [-1.0, 0.5, 0.75]])
VARIANCES = torch.tensor([[0.2, 0.6, 0.05], [0.4, 0.1, 0.3]])
SHARES = torch.tensor([0.3, 0.7])
MAX_SIGMA = math.sqrt(2)
RATIO = 160  # sigma over gamma where sampling starts, if the schedule goes as far


def score(z, gamma, sigma, components=(0, 1)):
    """Gradient of the log density of z = gamma x + sigma eps, x from some components of the mixture."""
    kept = list(components)
    spread = (gamma**2 * VARIANCES[kept] + sigma**2).sqrt()
    noised = MixtureSameFamily(Categorical(SHARES[kept]), Independent(Normal(gamma * MEANS[kept], spread), 1))
    z = z.detach().requires_grad_()
    return torch.autograd.grad(noised.log_prob(z).sum(), z)[0]


def epsilon(x, alpha_bar):
    """The noise a DDPM predicts."""
    gamma, sigma = alpha_bar.sqrt(), (1 - alpha_bar).sqrt()
    return -sigma * score(x, gamma, sigma)


def guided_epsilon(x, alpha_bar, scale=2.5):
    """Ho and Salimans 2022, eq. 6; the class is the mixture's first component."""
    gamma, sigma, w = alpha_bar.sqrt(), (1 - alpha_bar).sqrt(), scale - 1
    conditional = -sigma * score(x, gamma, sigma, components=(0,))
    return (1 + w) * conditional - w * epsilon(x, alpha_bar)


def laplace_alpha_bar(t):
    return torch.sigmoid(torch.distributions.Laplace(0.0, 0.5).icdf(1 - t))


def alpha_bars(schedule):
    """At STEPS + 1 even times, clean first."""
    if schedule == "ddpm":
        table = torch.cumprod(1 - torch.linspace(1e-4, 0.02, 1000), 0)
        return torch.cat([torch.ones(1), table[1000 // STEPS - 1::1000 // STEPS]])
    least = torch.tensor(1 / (1 + RATIO**2))
    even = torch.linspace(0, 1, STEPS + 1)
    if schedule == "linear":
        return 1 - even * (1 - least)
    if schedule == "cosine":
        return torch.cos(even * torch.acos(least.sqrt())) ** 2
    last = 1 - torch.distributions.Laplace(0.0, 0.5).cdf(torch.logit(least))
    return laplace_alpha_bar(even * last)


def start(alpha_bar, latents, noise):
    return alpha_bar.sqrt() * latents + (1 - alpha_bar).sqrt() * noise[0]


def ddpm(schedule, latents, noise):
    """Ho, Jain and Abbeel 2020, algorithm 2, with the smaller of their two variances."""
    abar = alpha_bars(schedule)
    beta = 1 - abar[1:] / abar[:-1]
    x = start(abar[-1], latents, noise)
    for step, i in enumerate(range(STEPS, 0, -1), 1):
        mean = (x - beta[i - 1] / (1 - abar[i]).sqrt() * epsilon(x, abar[i])) / (1 - beta[i - 1]).sqrt()
        variance = (1 - abar[i - 1]) / (1 - abar[i]) * beta[i - 1]
        x = mean + variance.sqrt() * noise[step]
    return x


def ddim(schedule, latents, noise, eta=0.0, network=epsilon):
    """Song, Meng and Ermon 2021, eq. 12 and 16."""
    abar = alpha_bars(schedule)
    x = start(abar[-1], latents, noise)
    for step, i in enumerate(range(STEPS, 0, -1), 1):
        eps = network(x, abar[i])
        x0 = (x - (1 - abar[i]).sqrt() * eps) / abar[i].sqrt()
        fresh = eta * ((1 - abar[i - 1]) / (1 - abar[i])).sqrt() * (1 - abar[i] / abar[i - 1]).sqrt()
        x = abar[i - 1].sqrt() * x0 + (1 - abar[i - 1] - fresh**2).clamp(min=0).sqrt() * eps + fresh * noise[step]
    return x


def levels(schedule):
    """gamma and sigma at STEPS levels even in logSNR, noisiest first, and clean data."""
    largest, smallest = {"cosine": (RATIO, 0.01), "flow": (RATIO, 0.01), "additive": (MAX_SIGMA, 0.01),
                         "geometric": (20.0, 0.05)}[schedule]
    ratio = torch.logspace(math.log10(largest), math.log10(smallest), STEPS)
    gamma = {"cosine": 1 / (1 + ratio**2).sqrt(), "flow": 1 / (1 + ratio)}.get(schedule, torch.ones(STEPS))
    return torch.cat([gamma, torch.ones(1)]), torch.cat([gamma * ratio, torch.zeros(1)])


def clean(z, gamma, sigma):
    """Tweedie's formula."""
    return (z + sigma**2 * score(z, gamma, sigma)) / gamma


def posterior(schedule, latents, noise):
    """Kingma et al. 2021, arXiv 2107.00630, eq. 25 to 28: q(z_s | z_t, x) with the estimate as x."""
    gamma, sigma = levels(schedule)
    z = gamma[0] * latents + sigma[0] * noise[0]
    for i in range(STEPS):
        x = clean(z, gamma[i], sigma[i])
        ratio = gamma[i] / gamma[i + 1]
        between = sigma[i] ** 2 - ratio**2 * sigma[i + 1] ** 2
        mean = ratio * sigma[i + 1] ** 2 / sigma[i] ** 2 * z + gamma[i + 1] * between / sigma[i] ** 2 * x
        z = mean + between.sqrt() * sigma[i + 1] / sigma[i] * noise[i + 1]
    return z


def dpm_solver(schedule, latents, noise):
    """Lu et al. 2022, arXiv 2211.01095, algorithm 2, the last step of first order."""
    gamma, sigma = levels(schedule)
    lam = gamma.log() - sigma.log()
    z = gamma[0] * latents + sigma[0] * noise[0]
    before = None
    for i in range(STEPS):
        x = clean(z, gamma[i], sigma[i])
        h = lam[i + 1] - lam[i]
        mixed = x
        if before is not None and i + 1 < STEPS:
            r = (lam[i] - lam[i - 1]) / h
            mixed = (1 + 1 / (2 * r)) * x - 1 / (2 * r) * before
        z = sigma[i + 1] / sigma[i] * z - gamma[i + 1] * ((-h).exp() - 1) * mixed
        before = x
    return z


def euler(latents, noise):
    """Euler steps on the probability flow dx = -sigma score dsigma (Karras et al. 2022, eq. 1 for s = 1)."""
    sigmas = torch.linspace(MAX_SIGMA, 0, STEPS + 1)
    x = latents + MAX_SIGMA * noise[0]
    for sigma, following in zip(sigmas[:-1], sigmas[1:]):
        x = x - (following - sigma) * sigma * score(x, 1.0, sigma)
    return x


def langevin(latents, noise, levels, each, smallest, rate):
    """Song and Ermon 2019, algorithm 1, and a last denoising by Tweedie's formula."""
    sigmas = torch.logspace(math.log10(MAX_SIGMA), math.log10(smallest), levels)
    x = latents + MAX_SIGMA * noise[0]
    fresh = iter(noise[1:])
    for sigma in sigmas:
        alpha = rate * sigma**2 / sigmas[-1] ** 2
        for _ in range(each):
            x = x + alpha / 2 * score(x, 1.0, sigma) + alpha.sqrt() * next(fresh)
    return x + smallest**2 * score(x, 1.0, smallest)


if __name__ == "__main__":
    torch.manual_seed(5)
    given = rounded(torch.randn(ITEMS, 3)), rounded(torch.randn(13, ITEMS, 3))
    arrays = {"means": MEANS, "variances": VARIANCES, "shares": SHARES, "latents": given[0], "noise": given[1]}
    for schedule in ("linear", "cosine", "laplace", "ddpm"):
        arrays["ancestral." + schedule] = ddpm(schedule, *given)
        arrays["ddim." + schedule] = ddim(schedule, *given)
        arrays["ddim-half." + schedule] = ddim(schedule, *given, eta=0.5)
    arrays["guided"] = ddim("cosine", *given, network=guided_epsilon)
    arrays["euler"] = euler(*given)
    arrays["langevin"] = langevin(*given, levels=4, each=3, smallest=0.1, rate=0.004)
    for schedule in ("cosine", "flow", "additive", "geometric"):
        arrays["posterior." + schedule] = posterior(schedule, *given)
        arrays["dpm-solver." + schedule] = dpm_solver(schedule, *given)
    save("samplers", arrays, ("means", "variances", "shares"))
