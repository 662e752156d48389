"""Makes golden/data/resize.csv: what ADM's and DiT's centre crop makes of a formula's image, with Pillow.

Usage: make_data_golden.py PATH/TO/src/test/resources/golden/data
Each line: height, width, side, then the side x side levels, hexadecimal.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image

CASES = [(45, 64, 8), (64, 45, 7), (5, 7, 9), (12, 12, 12), (13, 12, 12), (30, 31, 29), (3, 100, 1), (31, 70, 9)]


def centre_crop(image, side):
    """center_crop_arr of guided-diffusion's image_datasets.py."""
    while min(image.size) >= 2 * side:
        image = image.resize(tuple(length // 2 for length in image.size), resample=Image.BOX)
    scale = side / min(image.size)
    image = image.resize(tuple(round(length * scale) for length in image.size), resample=Image.BICUBIC)
    pixels = np.array(image)
    top, left = (pixels.shape[0] - side) // 2, (pixels.shape[1] - side) // 2
    return pixels[top : top + side, left : left + side]


def main(folder):
    lines = []
    for height, width, side in CASES:
        y, x = np.mgrid[:height, :width]
        # Coarse jumps from black to white, where the filter overshoots and levels are clipped.
        levels = np.where((x // 5 + y // 3) % 3 == 0, 255, (11 * y + 23 * x + x * y) % 256 // 4)
        small = centre_crop(Image.fromarray(levels.astype(np.uint8)), side)
        lines.append(f"{height},{width},{side},{small.tobytes().hex()}")
    (folder / "resize.csv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
