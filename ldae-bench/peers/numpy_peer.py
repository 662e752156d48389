"""NumPy as a peer of the speed report: covariance and eigh; see peer.py for how it is told what to do."""

import sys

try:
    import numpy as np

    import peer
except ImportError as error:
    print("missing", error)
    sys.exit(0)


class PcaFit:
    """Patches, their covariance in float64 from blocks of float32 products, eigenvectors."""

    ROWS = 2048

    def __init__(self, tensors, numbers):
        self.images = tensors["images"]
        self.side = int(numbers["patch"])
        self.components = int(numbers["components"])

    def iterate(self):
        x = peer.patches(self.images, self.side)
        x -= x.mean(0, dtype=np.float64).astype(np.float32)
        covariance = np.zeros((x.shape[1], x.shape[1]))
        for first in range(0, len(x), self.ROWS):
            block = x[first : first + self.ROWS]
            covariance += block.T @ block
        return np.linalg.eigh(covariance / len(x))[0][::-1]

    def check(self):
        return self.iterate()[: self.components]


if __name__ == "__main__":
    peer.serve("%s, %s" % (np.__version__, peer.blas()), {"pcafit": PcaFit})
