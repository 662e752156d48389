"""Makes golden/data/augmentation.csv: crops by Pillow, colours and boxes by torchvision.

Usage: make_augmentation_golden.py PATH/TO/src/test/resources/golden/data
Lines:
levels,H,W,top,left,h,w,HEX        a part of a picture of 256 levels, enlarged to [H, W], by Pillow's BICUBIC
exact,H,W,top,left,h,w,NUMBERS     the same of a smooth picture of floats
brightness|contrast|saturation,FACTOR,NUMBERS   of a picture [3, 5, 6] in [0, 1]
grey,FACTOR,NUMBERS                contrast of its first channel alone
boxes,H,W,LEAST,MOST,RATIO,MEANS,DEVIATIONS     of top, left, h, w over 40,000 draws of RandomResizedCrop
"""

import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torchvision.transforms import RandomResizedCrop
from torchvision.transforms import functional as F

BOXES = [
    (24, 32, 0, 0, 24, 32),
    (24, 32, 5, 9, 11, 14),
    (24, 32, 20, 0, 4, 3),
    (24, 32, 23, 31, 1, 1),
    (24, 32, 2, 30, 17, 2),
    (32, 20, 1, 3, 30, 16),
]
DRAWS = 40_000


def levels(height, width):
    """Coarse jumps from black to white, where the filter overshoots, and texture."""
    y, x = np.mgrid[:height, :width]
    return np.where((x // 5 + y // 3) % 3 == 0, 255, (11 * y + 23 * x + x * y) % 256).astype(np.uint8)


def smooth(height, width):
    y, x = np.mgrid[:height, :width].astype(np.float32)
    return (0.8 * np.sin(0.7 * x) * np.cos(0.9 * y + 0.2 * x)).astype(np.float32)


def enlarged(array, box):
    height, width, top, left, h, w = box
    part = Image.fromarray(array[top : top + h, left : left + w])
    return np.asarray(part.resize((width, height), Image.BICUBIC))


def numbers(array):
    return " ".join(f"{v:.6f}" for v in np.asarray(array).ravel())


def colour():
    i = torch.arange(90, dtype=torch.float32).reshape(3, 5, 6)
    return ((i * 37 + i * i * 11) % 101) / 100


def main(folder):
    lines = []
    for box in BOXES:
        place = ",".join(map(str, box))
        lines.append(f"levels,{place},{enlarged(levels(*box[:2]), box).tobytes().hex()}")
    for box in BOXES[1:3]:
        lines.append(f"exact,{','.join(map(str, box))},{numbers(enlarged(smooth(*box[:2]), box))}")
    for factor in [0.0, 0.3, 1.0, 1.7]:
        for name in ["brightness", "contrast", "saturation"]:
            changed = getattr(F, "adjust_" + name)(colour(), factor)
            lines.append(f"{name},{factor},{numbers(changed)}")
        lines.append(f"grey,{factor},{numbers(F.adjust_contrast(colour()[:1], factor))}")
    torch.manual_seed(1)
    for height, width, least, most, ratio in [(32, 32, 0.08, 1, 4 / 3), (40, 25, 0.2, 0.6, 2), (8, 64, 0.5, 1, 1.5)]:
        image = torch.zeros(1, height, width)
        drawn = np.array(
            [RandomResizedCrop.get_params(image, [least, most], [1 / ratio, ratio]) for _ in range(DRAWS)], dtype=float
        )
        lines.append(
            f"boxes,{height},{width},{least},{most},{ratio},{numbers(drawn.mean(0))},{numbers(drawn.std(0))}"
        )
    (folder / "augmentation.csv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
