"""Golden values for org.ldae.probe.AttentiveProbe by PyTorch's autograd, float64.

Run: python3 src/test/python/attentive.py (in ldae-core; needs numpy and torch).
"""
import numpy as np
import torch

import golden

N, L, M, J, K, L2 = 12, 5, 4, 2, 3, 0.1
rng = np.random.default_rng(3)
x = torch.from_numpy(rng.standard_normal((N, L, M)).astype(np.float32)).double()
y = torch.from_numpy(rng.integers(0, K, N))
y[:K] = torch.arange(K)
q, w, b = (torch.from_numpy(0.5 * rng.standard_normal(shape)).requires_grad_() for shape in ((J, M), (K, J * M), (K,)))


def loss():
    weights = torch.softmax(torch.einsum("nlm,jm->njl", x, q), -1)
    pooled = torch.einsum("njl,nlm->njm", weights, x).reshape(N, J * M)
    logits = pooled @ w.T + b
    return torch.nn.functional.cross_entropy(logits, y) + L2 / 2 * ((w**2).sum() + (q**2).sum())


value = loss()
value.backward()
point = torch.cat([q.flatten(), w.flatten(), b])
gradient = torch.cat([q.grad.flatten(), w.grad.flatten(), b.grad])
optimiser = torch.optim.LBFGS([q, w, b], max_iter=2000, tolerance_grad=1e-9, line_search_fn="strong_wolfe")


def closure():
    optimiser.zero_grad()
    total = loss()
    total.backward()
    return total


optimiser.step(closure)
golden.save("probe/attentive", {
    "tokens": x.float().flatten(1).numpy(), "labels": y.numpy(), "point": point.detach().numpy(),
    "gradient": gradient.numpy(), "loss": float(value), "minimum": float(loss()),
})
