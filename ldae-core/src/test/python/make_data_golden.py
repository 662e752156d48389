"""Makes golden/data/resize.csv: Pillow's BILINEAR resize, in floats, of the centred square of a formula's image.

Usage: make_data_golden.py PATH/TO/src/test/resources/golden/data
Each line: height, width, side, then the side x side numbers.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image

CASES = [(45, 64, 8), (64, 45, 7), (5, 7, 9), (12, 12, 12), (13, 12, 12), (30, 31, 29), (3, 100, 1)]


def main(folder):
    lines = []
    for height, width, side in CASES:
        y, x = np.mgrid[:height, :width]
        image = Image.fromarray(((11 * y + 23 * x + x * y) % 256).astype(np.float32), mode="F")
        shorter = min(height, width)
        top, left = (height - shorter) // 2, (width - shorter) // 2
        box = (left, top, left + shorter, top + shorter)
        small = np.asarray(image.resize((side, side), Image.BILINEAR, box=box))
        lines.append(",".join([f"{height},{width},{side}"] + [f"{v:.5f}" for v in small.ravel()]))
    (folder / "resize.csv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
