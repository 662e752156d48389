"""Golden values for org.ldae.baselines.PatchDictionary: Coates and Ng (2011) in numpy, float64.

Run: /usr/bin/python3 src/test/python/dictionary.py (in ldae-models; needs numpy, and torch for vit.py's save).
"""
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from vit import save

SIDE, FILTERS, THRESHOLD = 3, 5, 0.25
rng = np.random.default_rng(11)


def contrast(x):
    x = x - x.mean(1, keepdims=True)
    return x / np.sqrt(x.var(1, ddof=1, keepdims=True) + 10 / 127.5**2)


def cut(images):
    """[N, C, H, W] to [N, H', W', S*S*C]; inside a patch row, column, channel."""
    windows = sliding_window_view(images, (SIDE, SIDE), axis=(2, 3))  # [N, C, H', W', S, S]
    return windows.transpose(0, 2, 3, 4, 5, 1).reshape(*windows.shape[:1], *windows.shape[2:4], -1)


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def k_means(atoms, x):
    for _ in range(10):
        z = x @ atoms.T
        nearest = np.abs(z).argmax(1)
        chosen = np.where(np.arange(len(atoms)) == nearest[:, None], z, 0)
        atoms = unit(atoms + chosen.T @ x)
    return atoms


def quadrants(images, white, atoms):
    patches = cut(images)
    z = white(contrast(patches.reshape(-1, patches.shape[-1]))) @ atoms.T
    z = z.reshape(*patches.shape[:3], -1)
    code = np.concatenate([np.maximum(0, z - THRESHOLD), np.maximum(0, -z - THRESHOLD)], -1)
    rows, columns = code.shape[1:3]
    cells = [code[:, a:b, c:d].mean((1, 2))
             for a, b in ((0, -(-rows // 2)), (rows // 2, rows)) for c, d in ((0, -(-columns // 2)), (columns // 2, columns))]
    return np.concatenate(cells, 1)


if __name__ == "__main__":
    images = rng.uniform(-1, 1, (4, 3, 9, 11)).astype(np.float32).astype(np.float64)
    samples = rng.uniform(-1, 1, (60, SIDE * SIDE * 3)).astype(np.float32).astype(np.float64)
    normal = contrast(samples)
    mean = normal.mean(0)
    values, vectors = np.linalg.eigh(np.cov(normal, rowvar=False))
    zca = vectors @ np.diag(1 / np.sqrt(values + 0.1)) @ vectors.T
    white = lambda x: (x - mean) @ zca
    atoms = unit(white(normal)[:FILTERS])
    save("dictionary", {
        "images": images,
        "samples": samples,
        "random": quadrants(images, white, atoms),
        "k_means": quadrants(images, white, k_means(atoms, white(normal))),
    })
