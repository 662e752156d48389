"""Golden values for org.ldae.core, computed by numpy in float64. Run: python3 src/test/python/core.py (in ldae-core)."""
import json
import pathlib

import numpy as np

OUT = pathlib.Path(__file__).parent.parent / "resources" / "golden" / "core"

# DDPM: beta from 1e-4 to 0.02 in 1000 steps; gamma^2 is their running product of 1 - beta (DiT, gaussian_diffusion.py).
gamma_squared = np.cumprod(1 - np.linspace(1e-4, 0.02, 1000))
steps = [1, 2, 10, 100, 250, 500, 750, 999, 1000]
OUT.mkdir(parents=True, exist_ok=True)
content = {
    "steps": {"shape": [len(steps)], "data": steps},
    "gamma": {"shape": [len(steps)], "data": [float(np.sqrt(gamma_squared[s - 1])) for s in steps]},
    "sigma": {"shape": [len(steps)], "data": [float(np.sqrt(1 - gamma_squared[s - 1])) for s in steps]},
}
(OUT / "ddpm.json").write_text(json.dumps(content, separators=(",", ":")) + "\n")
