"""Makes the small pictures of every format under golden/data/pictures and what they must decode to.

Usage: make_pictures.py PATH/TO/src/test/resources/golden/data
Needs numpy, Pillow and tifffile. Writes pictures/* and pictures.csv, a line a reading:
file, options, height, width, tolerance in levels, mean of each channel, pixels at fixed places (hexadecimal RGB).
Expected values come from the arrays the files were made of where the format is lossless, from Pillow otherwise.
"""

import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image

H, W = 16, 24
rows = []


def ramp(h=H, w=W):
    """Smooth in red and green, chequered in blue, different in every corner."""
    y, x = np.mgrid[:h, :w]
    chequers = np.where((x // 8 + y // 8) % 2 == 0, 40, 180)
    return np.stack([255 * x // (w - 1), 255 * y // (h - 1), chequers], -1).astype(np.uint8)


RGB = ramp()
GREY = RGB[..., 0] // 2 + RGB[..., 1] // 2
ALPHA = np.broadcast_to((np.arange(W) * 11).astype(np.uint8), (H, W))
WIDE = RGB.astype(np.uint16) * 257 - (RGB > 100) * np.uint16(90)
FLOATS = ((RGB[..., 0].astype(np.float32) - 100) * 7.5 + RGB[..., 1] * 0.25).astype(np.float32)


def expect(name, pixels, options="", tolerance=0):
    """Notes what a file must decode to: [H, W, C] numbers on the scale from 0 to 255."""
    pixels = np.atleast_3d(np.asarray(pixels, np.float64))
    levels = np.floor(np.clip(pixels, 0, 255) + 0.5).astype(np.uint8)
    h, w, c = levels.shape
    places = [(i * 7 % h, (i * 11 + i * i) % w) for i in range(12)]
    sample = "".join("".join(f"{v:02x}" for v in levels[y, x]) for y, x in places)
    means = " ".join(f"{m:.4f}" for m in levels.reshape(-1, c).mean(0))
    rows.append(f"{name},{options},{h},{w},{tolerance},{means},{sample}")


def grey3(plane):
    return np.repeat(np.atleast_3d(plane), 3, 2)


def on_white(colours, alpha):
    a = np.atleast_3d(alpha).astype(np.float64) / 255
    return colours * a + 255 * (1 - a)


def scaled(plane, low, high):
    return np.nan_to_num((plane.astype(np.float64) - low) / (high - low), nan=0).clip(0, 1) * 255


def png(path, pixels, bits, colour_type, extra=b""):
    """A PNG of a kind that Pillow can't write: 16-bit colours."""
    h, w = pixels.shape[:2]
    raw = pixels.astype(">u2" if bits == 16 else np.uint8).reshape(h, -1)
    data = b"".join(b"\0" + row.tobytes() for row in raw)

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", w, h, bits, colour_type, 0, 0, 0)
    parts = [chunk(b"IHDR", header), extra, chunk(b"IDAT", zlib.compress(data, 9)), chunk(b"IEND", b"")]
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))


def pngs(folder):
    save = lambda name, image, **options: image.save(folder / name, optimize=True, **options)
    save("rgb8.png", Image.fromarray(RGB))
    expect("rgb8.png", RGB)
    expect("rgb8.png", np.dot(RGB, [0.299, 0.587, 0.114]), "grey")
    expect("rgb8.png", RGB[..., [2, 0]], "bands=2 0")
    rgba = np.dstack([RGB, ALPHA])
    save("rgba8.png", Image.fromarray(rgba))
    expect("rgba8.png", on_white(RGB, ALPHA))
    expect("rgba8.png", on_white(RGB, ALPHA) - 255 * (1 - ALPHA[..., None] / 255.0), "background=000000")
    expect("rgba8.png", RGB, "opaque")
    expect("rgba8.png", rgba, "bands=0 1 2 3")
    save("grey8.png", Image.fromarray(GREY))
    expect("grey8.png", grey3(GREY))
    save("grey_alpha8.png", Image.fromarray(np.dstack([GREY, ALPHA])))
    expect("grey_alpha8.png", on_white(grey3(GREY), ALPHA))
    save("grey16.png", Image.fromarray(WIDE[..., 0]))
    expect("grey16.png", grey3(WIDE[..., 0] / 257.0))
    expect("grey16.png", grey3(scaled(WIDE[..., 0], 1000, 30000)), "range=1000 30000")
    png(folder / "rgb16.png", WIDE, 16, 2)
    expect("rgb16.png", WIDE / 257.0)
    png(folder / "rgba16.png", np.dstack([WIDE, ALPHA.astype(np.uint16) * 257]), 16, 6)
    expect("rgba16.png", on_white(WIDE / 257.0, ALPHA), tolerance=1)
    palette = Image.fromarray(RGB).quantize(16, dither=0)
    save("palette.png", palette)
    expect("palette.png", np.asarray(palette.convert("RGB")))
    save("palette_transparent.png", palette, transparency=3)
    expect("palette_transparent.png", on_white(np.asarray(palette.convert("RGB")), (np.asarray(palette) != 3) * 255))
    save("bits1.png", Image.fromarray(GREY > 100))
    expect("bits1.png", grey3((GREY > 100) * 255))
    save("rgb_transparent.png", Image.fromarray(RGB), transparency=tuple(int(v) for v in RGB[3, 5]))
    expect("rgb_transparent.png", on_white(RGB, (RGB != RGB[3, 5]).any(-1) * 255))
    exif = Image.Exif()
    exif[0x112] = 6
    save("orientation6.png", Image.fromarray(RGB), exif=exif)
    expect("orientation6.png", np.rot90(RGB, -1))


ORIENTED = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.transpose(1, 0, 2),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: a[::-1, ::-1].transpose(1, 0, 2),
    8: lambda a: np.rot90(a, 1),
}


def ycck(path):
    """YCbCr of the inks, and black, marked so by Adobe's segment, with samples inverted as Adobe writes them."""
    cmyk = np.dstack([255 - RGB, GREY])
    ycc = np.asarray(Image.fromarray(cmyk[..., :3]).convert("YCbCr"))
    # Pillow writes the complement of what it is given.
    Image.fromarray(np.dstack([255 - ycc, cmyk[..., 3]]), mode="CMYK").save(path, quality=95, subsampling=0)
    data = bytearray(path.read_bytes())
    adobe = data.index(b"Adobe")
    data[adobe + 11] = 2
    path.write_bytes(bytes(data))


def jpegs(folder):
    image = Image.fromarray(RGB)

    def save(name, picture, **options):
        picture.save(folder / name, **{"quality": 90, **options})
        return np.asarray(Image.open(folder / name).convert("RGB"))

    for name, options in {
        "baseline444": dict(subsampling=0),
        "baseline422": dict(subsampling=1),
        "baseline420": dict(subsampling=2),
        "progressive": dict(progressive=True),
    }.items():
        expect(name + ".jpg", save(name + ".jpg", image, **options), tolerance=2)
    expect("grey.jpg", save("grey.jpg", Image.fromarray(GREY)), tolerance=1)
    cmyk = Image.fromarray(np.dstack([255 - RGB, GREY]), mode="CMYK")
    expect("cmyk.jpg", save("cmyk.jpg", cmyk), tolerance=2)
    ycck(folder / "ycck.jpg")
    decoded = np.asarray(Image.open(folder / "ycck.jpg").convert("RGB"))
    assert np.abs(decoded - np.asarray(cmyk.convert("RGB")).astype(int)).max() < 12
    expect("ycck.jpg", decoded, tolerance=3)
    for number, turned in ORIENTED.items():
        exif = Image.Exif()
        exif[0x112] = number
        name = f"orientation{number}.jpg"
        expect(name, turned(save(name, image, exif=exif, subsampling=0)), tolerance=2)


def others(folder):
    image = Image.fromarray(RGB)
    image.save(folder / "rgb.bmp")
    expect("rgb.bmp", RGB)
    palette = image.quantize(16, dither=0)
    colours = np.asarray(palette.convert("RGB"))
    palette.save(folder / "palette.bmp")
    expect("palette.bmp", colours)
    Image.fromarray(GREY).save(folder / "grey.bmp")
    expect("grey.bmp", grey3(GREY))
    palette.save(folder / "palette.gif")
    expect("palette.gif", colours)
    palette.save(folder / "transparent.gif", transparency=3)
    expect("transparent.gif", on_white(colours, (np.asarray(palette) != 3) * 255))
    later = Image.fromarray(255 - RGB).quantize(16, dither=0)
    palette.save(folder / "animated.gif", save_all=True, append_images=[later, palette])
    expect("animated.gif", colours)
    image.save(folder / "lossless.webp", lossless=True)
    expect("lossless.webp", RGB)
    # Halved chroma is enlarged smoothly by libwebp and by repetition by other decoders.
    Image.fromarray(np.dstack([RGB[..., 0], RGB[..., 1], GREY])).save(folder / "lossy.webp", quality=80)
    expect("lossy.webp", np.asarray(Image.open(folder / "lossy.webp").convert("RGB")), tolerance=14)
    Image.fromarray(np.dstack([RGB, ALPHA])).save(folder / "alpha.webp", lossless=True, exact=True)
    expect("alpha.webp", on_white(RGB, ALPHA), tolerance=1)
    exif = Image.Exif()
    exif[0x112] = 8
    image.save(folder / "orientation8.webp", lossless=True, exif=exif)
    expect("orientation8.webp", np.rot90(RGB))
    image.save(folder / "rgb.ppm")
    expect("rgb.ppm", RGB)
    Image.fromarray(GREY).save(folder / "grey.pgm")
    expect("grey.pgm", grey3(GREY))


def pillow_tiffs(folder):
    image = Image.fromarray(RGB)
    for compression in ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"]:
        name = f"rgb_{compression.replace('tiff_', '')}.tif"
        image.save(folder / name, compression=compression)
        expect(name, RGB)
    for compression in ["tiff_lzw", "tiff_adobe_deflate"]:
        name = f"rgb_{compression.replace('tiff_', '')}_predictor.tif"
        image.save(folder / name, compression=compression, tiffinfo={317: 2})
        expect(name, RGB)
    image.save(folder / "rgb_jpeg.tif", compression="jpeg", quality=95)
    expect("rgb_jpeg.tif", np.asarray(Image.open(folder / "rgb_jpeg.tif").convert("RGB")), tolerance=4)
    palette = image.quantize(16, dither=0)
    palette.save(folder / "palette.tif", compression="tiff_lzw")
    # Levels of 16 bits, which Pillow writes as 256 times those of 8 and others read as 257 times.
    expect("palette.tif", np.asarray(palette.convert("RGB")), tolerance=2)
    Image.fromarray(GREY > 100).save(folder / "fax.tif", compression="group4")
    expect("fax.tif", grey3((GREY > 100) * 255))
    cmyk = Image.fromarray(np.dstack([255 - RGB, GREY]), mode="CMYK")
    cmyk.save(folder / "cmyk.tif", compression="tiff_lzw")
    expect("cmyk.tif", np.asarray(cmyk.convert("RGB")), tolerance=1)
    image.save(folder / "orientation3.tif", compression="tiff_lzw", tiffinfo={274: 3})
    expect("orientation3.tif", RGB[::-1, ::-1])


def tiffs(folder):
    def write(name, pixels, **options):
        options = {"photometric": "minisblack", "metadata": None, "software": False, **options}
        tifffile.imwrite(folder / name, pixels, **options)

    write("bigtiff.tif", RGB, photometric="rgb", bigtiff=True)
    expect("bigtiff.tif", RGB)
    write("bigendian.tif", WIDE, photometric="rgb", byteorder=">")
    expect("bigendian.tif", WIDE / 257.0)
    write("tiled.tif", RGB, photometric="rgb", tile=(16, 16), compression="zlib")
    expect("tiled.tif", RGB)
    write("planar.tif", RGB.transpose(2, 0, 1), photometric="rgb", planarconfig="separate")
    expect("planar.tif", RGB)
    write("grey16.tif", WIDE[..., 0])
    expect("grey16.tif", grey3(WIDE[..., 0] / 257.0))
    low, high = np.percentile(WIDE[..., 0], [2, 98])
    expect("grey16.tif", grey3(scaled(WIDE[..., 0], low, high)), "percentiles=2 98")
    rgba = np.dstack([RGB, ALPHA])
    write("rgba_unassociated.tif", rgba, photometric="rgb", extrasamples=["unassalpha"])
    expect("rgba_unassociated.tif", on_white(RGB, ALPHA))
    premultiplied = np.floor(RGB * (ALPHA[..., None] / 255.0) + 0.5).astype(np.uint8)
    write("rgba_associated.tif", np.dstack([premultiplied, ALPHA]), photometric="rgb", extrasamples=["assocalpha"])
    expect("rgba_associated.tif", premultiplied + 255 - np.atleast_3d(ALPHA))
    write("rgb_and_infrared.tif", rgba, photometric="rgb", extrasamples=["unspecified"])
    expect("rgb_and_infrared.tif", RGB)
    expect("rgb_and_infrared.tif", rgba[..., [3, 0, 1]], "bands=3 0 1")
    write("white_is_zero.tif", 255 - GREY, photometric="miniswhite")
    expect("white_is_zero.tif", grey3(GREY))
    multispectral(write)
    floats(write)


def multispectral(write):
    bands = np.stack([(RGB[..., k % 3].astype(np.uint16) * (k + 3) + 50 * k) for k in range(7)], -1)
    write("bands7_chunky.tif", bands, planarconfig="contig", extrasamples=[0] * 6)
    write("bands7_planar.tif", bands.transpose(2, 0, 1).copy(), planarconfig="separate", extrasamples=[0] * 6)
    write("bands7_big.tif", bands, planarconfig="contig", extrasamples=[0] * 6, bigtiff=True, compression="zlib")
    for name in ["bands7_chunky.tif", "bands7_planar.tif", "bands7_big.tif"]:
        chosen = bands[..., [5, 3, 2]]
        expect(name, scaled(chosen, 0, 2500), "bands=5 3 2;range=0 2500")
        limits = [np.percentile(chosen[..., k], [1, 99]) for k in range(3)]
        stretched = np.dstack([scaled(chosen[..., k], *limits[k]) for k in range(3)])
        expect(name, stretched, "bands=5 3 2;percentiles=1 99")
        expect(name, scaled(bands[..., 6], 0, 2500), "bands=6;range=0 2500")
    two = np.dstack([GREY, ALPHA])
    write("bands2.tif", two, planarconfig="contig", extrasamples=[0])
    expect("bands2.tif", two, "bands=0 1")


def floats(write):
    holes = FLOATS.copy()
    holes[2:5, 3:9] = np.nan
    holes[0, 0] = np.inf
    write("float32_nan.tif", holes)
    expect("float32_nan.tif", grey3(scaled(np.where(np.isinf(holes), 1e30, holes), -300, 900)), "range=-300 900")
    low, high = np.percentile(holes[np.isfinite(holes)], [5, 95])
    stretched = scaled(np.where(np.isinf(holes), 1e30, holes), low, high)
    expect("float32_nan.tif", grey3(stretched), "percentiles=5 95")
    write("float64.tif", FLOATS.astype(np.float64), bigtiff=False)
    expect("float64.tif", grey3(scaled(FLOATS, -300, 900)), "range=-300 900")
    write("float32_unit.tif", RGB.astype(np.float32) / 255, photometric="rgb")
    expect("float32_unit.tif", RGB)
    write("float32_deflate_tiled.tif", FLOATS, compression="zlib", tile=(16, 16))
    expect("float32_deflate_tiled.tif", grey3(scaled(FLOATS, -300, 900)), "range=-300 900")
    nodata = FLOATS.copy()
    nodata[10:, 20:] = -9999
    write("float32_nodata.tif", nodata, extratags=[(42113, "s", 0, "-9999", True)])
    kept = np.where(nodata == -9999, np.nan, nodata)
    low, high = np.percentile(kept[np.isfinite(kept)], [2, 98])
    expect("float32_nodata.tif", grey3(scaled(kept, low, high)), "percentiles=2 98")
    signed = FLOATS.astype(np.int16)
    write("int16.tif", signed)
    expect("int16.tif", grey3(scaled(signed, -500, 800)), "range=-500 800")
    write("float32_big.tif", FLOATS, bigtiff=True)
    expect("float32_big.tif", grey3(scaled(FLOATS, -300, 900)), "range=-300 900")
    write("uint32.tif", FLOATS.clip(0).astype(np.uint32) * 1000)
    expect("uint32.tif", grey3(scaled(FLOATS.clip(0).astype(np.uint32) * 1000, 0, 900000)), "range=0 900000")


def main(golden):
    folder = golden / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    pngs(folder)
    jpegs(folder)
    others(folder)
    pillow_tiffs(folder)
    tiffs(folder)
    (golden / "pictures.csv").write_text("\n".join(rows) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
