"""Writes the golden files of PatchPCAGoldenTest: patch-wise PCA of five small images with numpy alone.

Run in this folder: python3 patch_pca_golden.py
"""

import pathlib

import numpy as np

FOLDER = pathlib.Path(__file__).parent.parent / "resources" / "golden" / "tokenizers"
N, C, H, W, P, d = 5, 3, 6, 8, 2, 4
D = P * P * C


def patchify(x):
    """[N, C, H, W] -> [N, L, P*P*C], as in MAE: row p, column q, channel c."""
    x = x.reshape(len(x), C, H // P, P, W // P, P)
    return np.einsum("nchpwq->nhwpqc", x).reshape(len(x), -1, D)


def unpatchify(patches):
    x = patches.reshape(len(patches), H // P, W // P, P, P, C)
    return np.einsum("nhwpqc->nchpwq", x).reshape(len(patches), C, H, W)


def fix_signs(basis):
    """The entry of largest magnitude in each row is positive."""
    pivots = np.argmax(np.abs(basis), axis=1)
    return basis * np.sign(basis[np.arange(len(basis)), pivots])[:, None]


rng = np.random.default_rng(7)
smooth = np.cumsum(np.cumsum(rng.normal(size=(N, C, H, W)), axis=2), axis=3)
mixed = smooth + 0.5 * smooth[:, [1, 2, 0]]
images = np.tanh(0.15 * mixed + 0.1 * rng.normal(size=mixed.shape) + 0.2).astype(np.float32)

patches = patchify(images.astype(np.float64)).reshape(-1, D)
mean = patches.mean(axis=0)
eigenvalues, vectors = np.linalg.eigh((patches - mean).T @ (patches - mean) / len(patches))
eigenvalues, basis = eigenvalues[::-1], fix_signs(vectors[:, ::-1].T)
projected = ((patches - mean) @ basis[:d].T).reshape(N, -1, d)
decoded = unpatchify((projected.reshape(-1, d) @ basis[:d] + mean).reshape(N, -1, D))

golden = {
    "images": images,
    "patches": patchify(images),
    "mean": mean,
    "eigenvalues": eigenvalues,
    "basis": basis,
    "latents-none": projected,
    "latents-global": projected / np.sqrt(eigenvalues[:d].mean()),
    "latents-per-component": projected / np.sqrt(eigenvalues[:d]),
    "decoded": decoded,
}
FOLDER.mkdir(parents=True, exist_ok=True)
for name, array in golden.items():
    np.save(FOLDER / f"{name}.npy", np.ascontiguousarray(array))
