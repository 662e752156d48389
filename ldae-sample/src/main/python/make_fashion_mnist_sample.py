"""Makes the Fashion-MNIST sample: the first 12,000 training and the first 6,000 test images, in their official order.

Usage: make_fashion_mnist_sample.py SOURCE DESTINATION
SOURCE holds the four official files, for example /usr/share/datasets/fashion-mnist of Debian's package
dataset-fashion-mnist. The output is the same, byte for byte, on every run with one zlib version.
"""

import gzip
import struct
import sys
from pathlib import Path

COUNTS = {"train": 12_000, "t10k": 6_000}


def write(path, content):
    # No file name and no time in the header, as gzip -9 -n.
    with open(path, "wb") as raw, gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=raw, mtime=0) as out:
        out.write(content)


def main(source, destination):
    for split, count in COUNTS.items():
        name = f"{split}-images-idx3-ubyte.gz"
        data = gzip.decompress((source / name).read_bytes())
        magic, total, height, width = struct.unpack(">4i", data[:16])
        assert magic == 0x803 and total >= count
        write(destination / name, struct.pack(">4i", magic, count, height, width) + data[16 : 16 + count * height * width])

        name = f"{split}-labels-idx1-ubyte.gz"
        data = gzip.decompress((source / name).read_bytes())
        magic, total = struct.unpack(">2i", data[:8])
        assert magic == 0x801 and total >= count
        write(destination / name, struct.pack(">2i", magic, count) + data[8 : 8 + count])


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
