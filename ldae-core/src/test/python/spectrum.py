"""Golden values for org.ldae.probe.Spectrum by numpy's SVD, on the features of golden_probe.py.

Run: python3 src/test/python/spectrum.py (in ldae-core; needs numpy).
"""
import numpy as np

import golden

x = golden.load("probe/data")["features"].astype(np.float64)
values = np.linalg.svd(x, compute_uv=False)
shares = values / values.sum() + 1e-7
golden.save("probe/spectrum", {"values": values, "rankme": np.exp(-(shares * np.log(shares)).sum())})
