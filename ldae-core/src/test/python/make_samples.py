"""Makes golden/data/samples.csv and sample_folders.csv: what Pillow reads in the sets under LDAE_DATA.

Usage: LDAE_DATA=... make_samples.py PATH/TO/src/test/resources/golden/data
samples.csv: a line a GeoTIFF that Pillow reads, in the format of pictures.csv.
sample_folders.csv: folder, number of files, then the SHA-256 of the pixels of all of them as [H, W, RGB] bytes in the
order of their names; for JPEG, which decoders round differently, the mean red, green and blue of every file, rounded
to levels, and one pixel of every file (row 7 i, column 11 i, modulo the sides, of file i), hexadecimal.
"""

import hashlib
import os
import sys
from pathlib import Path

import numpy as np
from PIL import Image

EXACT = ["cifar10-png-mini", "geotiff-samples/eurosat-as-geotiff"]
JPEG = ["eurosat-rgb", "imagenette224"]
# Compression 7 is JPEG, of which decoders round colours differently.
TOLERANCES = {7: 4}


def reading(name, pixels, options, tolerance):
    levels = np.floor(np.clip(pixels, 0, 255) + 0.5).astype(np.uint8)
    h, w, c = levels.shape
    sample = levels[[i * 7 % h for i in range(12)], [(i * 11 + i * i) % w for i in range(12)]]
    means = " ".join(f"{m:.4f}" for m in levels.reshape(-1, c).mean(0))
    return f"{name},{options},{h},{w},{tolerance},{means},{sample.tobytes().hex()}"


def geotiff(name, path):
    image = Image.open(path)
    pixels = np.asarray(image).astype(np.float64)
    options = ""
    if image.mode == "F":
        options = "range=-2 2"
        pixels = np.nan_to_num((pixels + 2) / 4 * 255, nan=0)
    if image.mode == "RGBA":
        alpha = pixels[..., 3:] / 255
        pixels = pixels[..., :3] * alpha + 255 * (1 - alpha)
    pixels = np.atleast_3d(pixels)
    colours = np.repeat(pixels, 3, 2) if pixels.shape[2] == 1 else pixels
    return reading(name, colours, options, TOLERANCES.get(image.tag_v2[259], 0))


def rgb(path):
    return np.asarray(Image.open(path).convert("RGB"))


def folders(data, roots):
    for root in roots:
        for folder in sorted(p for p in (data / root).rglob("*") if p.is_dir()):
            files = sorted((p for p in folder.iterdir() if p.is_file()), key=lambda p: p.name)
            if files:
                yield folder.relative_to(data).as_posix(), files


def main(data, golden):
    lines = []
    for path in sorted((data / "geotiff-samples/rasterio").glob("*.tif")):
        try:
            lines.append(geotiff(path.relative_to(data).as_posix(), path))
        except OSError as error:
            print(f"not read by Pillow: {error}")
    (golden / "samples.csv").write_text("\n".join(lines) + "\n")
    lines = []
    for name, files in folders(data, EXACT):
        digest = hashlib.sha256()
        for file in files:
            digest.update(rgb(file).tobytes())
        lines.append(f"{name},{len(files)},{digest.hexdigest()}")
    for name, files in folders(data, JPEG):
        means, pixels = bytearray(), bytearray()
        for i, file in enumerate(files):
            image = rgb(file)
            h, w, _ = image.shape
            means += np.rint(image.reshape(-1, 3).mean(0)).astype(np.uint8).tobytes()
            pixels += image[7 * i % h, 11 * i % w].tobytes()
        lines.append(f"{name},{len(files)},{means.hex()},{pixels.hex()}")
    (golden / "sample_folders.csv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(Path(os.environ["LDAE_DATA"]), Path(sys.argv[1]))
