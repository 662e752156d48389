"""Golden values for org.ldae.sampling.FrechetDistance by scipy.linalg.sqrtm, float64.

Run: /usr/bin/python3 src/test/python/frechet.py (in ldae-models; needs scipy, and torch for vit.py's save).
"""
import numpy as np
from scipy.linalg import sqrtm

from vit import save

rng = np.random.default_rng(5)


def frechet(a, b):
    """As the code of Heusel et al.: sqrtm of the product, its imaginary part dropped."""
    first, second = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    root = sqrtm(first @ second)
    difference = a.mean(0) - b.mean(0)
    return difference @ difference + np.trace(first) + np.trace(second) - 2 * np.trace(np.real(root))


if __name__ == "__main__":
    arrays = {"a": rng.standard_normal((40, 6)) @ rng.standard_normal((6, 6))}
    arrays["b"] = rng.standard_normal((30, 6)) * 0.7 + 0.3
    arrays["few"] = rng.standard_normal((4, 6)) + 0.5  # rank 3
    arrays["flat"] = rng.standard_normal((25, 2)) @ rng.standard_normal((2, 6))  # rank 2
    arrays = {key: array.astype(np.float32).astype(np.float64) for key, array in arrays.items()}
    pairs = [("a", "b"), ("a", "few"), ("few", "b"), ("flat", "b"), ("flat", "a"), ("flat", "few")]
    results = {x + "." + y: [frechet(arrays[x], arrays[y])] for x, y in pairs}
    save("frechet", {**arrays, **results}, tuple(results))
