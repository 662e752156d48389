"""Golden values for org.ldae.probe.WhitenedSolver by numpy: PCA whitening, then ridge regression, on golden_probe.py's data.

Run: python3 src/test/python/whitened.py (in ldae-core; needs numpy).
"""
import numpy as np

import golden

VARIANCE, L2 = 0.9, 0.1
data = golden.load("probe/data")
x, y = data["features"].astype(np.float64), data["labels"].astype(int)
z = (x - x.mean(0)) / x.std(0)
values, vectors = np.linalg.eigh(z.T @ z / len(z))
values, vectors = values[::-1], vectors[:, ::-1]
kept = int(np.searchsorted(np.cumsum(values) / values.sum(), VARIANCE) + 1)
white = z @ vectors[:, :kept] / np.sqrt(values[:kept])  # unit variance, so that ridge's own standardising changes nothing
targets = np.eye(y.max() + 1)[y]
w = np.linalg.solve(white.T @ white / len(y) + L2 * np.eye(kept), white.T @ (targets - targets.mean(0)) / len(y))
golden.save("probe/whitened", {"scores": (white @ w + targets.mean(0)).astype(np.float32), "components": float(kept)})
