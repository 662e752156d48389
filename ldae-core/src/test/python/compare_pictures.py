"""Compares how this library reads the pictures below folders with Pillow, libwebp, libjpeg and libtiff.

Usage: compare_pictures.py --classpath CLASSES_AND_JARS FOLDER...

The class path holds this module's main and test classes and its dependencies (mvn dependency:build-classpath tells them).
Writes Markdown: how many pictures of each folder are equal, within 2 levels, different or refused, then each picture of the
last two kinds with the reason. A picture is compared with the library of its own format where its tool is installed (dwebp,
djpeg, tiff2rgba) and can read it, else with Pillow; over white, turned upright, 16 bits rounded to 8.
"""

import argparse
import collections
import fnmatch
import io
import pathlib
import subprocess
import sys
import tempfile
import warnings

import numpy
import PIL
from PIL import Image, ImageOps

warnings.simplefilter("ignore")
FORMATS = {"PNG", "JPEG", "MPO", "GIF", "BMP", "DIB", "TIFF", "WEBP", "PPM"}
WITHIN = 2

# Why pictures differ, by the names of those looked into; the first that fits.
REASONS = {
    "gif-frame-*": "Pillow shows the palette's background around the frame, we show the background option",
    "webp-animated-*": "Pillow shows black around the frame, we show the background option",
    "tiff-sparse-*": "GDAL's missing tiles, which Pillow reads from the file's start; equal to GDAL's reference",
    "*ojpeg*": "old-style JPEG, whose reference black and white we don't apply",
    "*old-style-jpeg*": "old-style JPEG: chroma is upsampled otherwise",
    "*rle*.bmp": "Pillow 9.4 reads RLE4, and RLE8 with gaps, wrong; but for the gaps ours equals the same picture without RLE",
    "*imagemagick_orientation*": "an orientation in ImageMagick's text chunk, which we don't read",
    "*i_trns.png": "Pillow leaves out the transparent grey of 16 bits",
    "*wrong_bits_per_sample_3*": "a fourth band that isn't declared alpha, which we leave out",
    "*16bit_RGBa*": "Pillow rounds 16 bits to 8 before it divides by alpha",
    "*crash-*": "damaged; what is left of it differs",
    "*.webp": "chroma is upsampled otherwise",
    "*.jp*g": "chroma is upsampled otherwise",
}


def over_white(rgba):
    """Levels [H, W, 3] of levels [H, W, 4]."""
    alpha = rgba[..., 3:].astype(numpy.float32) / 255
    return levels(rgba[..., :3] * alpha + 255 * (1 - alpha))


def levels(values):
    return numpy.floor(numpy.clip(values, 0, 255) + 0.5).astype(numpy.uint8)


def inks(values):
    """Red, green and blue of cyan, magenta, yellow and black, as this library and Pillow's own conversion have them."""
    light = 255 - values.astype(numpy.float32)
    return levels(light[..., :3] * light[..., 3:] / 255)


def pillow(file):
    with Image.open(file) as image:
        if image.format == "MPO" or getattr(image, "is_animated", False):
            image.seek(0)
        image.load()
        if image.format != "TIFF":  # which Pillow has turned already
            image = ImageOps.exif_transpose(image)
        if image.mode.startswith("I"):
            grey = levels(numpy.asarray(image).astype(numpy.float32) / 65535 * 255)
            return numpy.repeat(grey[..., None], 3, axis=2)
        if image.mode == "CMYK":
            return inks(numpy.asarray(image))
        if image.mode == "F":
            raise ValueError("floats, which Pillow cuts to levels")
        if image.mode in ("LA", "PA", "RGBA", "RGBa", "La") or "transparency" in image.info:
            return over_white(numpy.asarray(image.convert("RGBA")))
        return numpy.asarray(image.convert("RGB"))


def orientation(file):
    with Image.open(file) as image:
        return image.getexif().get(0x0112, 1)


def tool(command, file):
    """What a format's own tool writes, as Pillow reads it without a change."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "out"
        done = subprocess.run([part.format(file=file, out=out) for part in command], capture_output=True, check=False)
        if done.returncode != 0 or b"rror" in done.stderr or not out.exists():
            raise ValueError("not read")
        return out.read_bytes()


def libwebp(file):
    pam = tool(["dwebp", "-quiet", "-pam", "{file}", "-o", "{out}"], file)
    header, pixels = pam.split(b"ENDHDR\n", 1)
    fields = dict(line.split(b" ", 1) for line in header.split(b"\n") if b" " in line)
    sides = [int(fields[key]) for key in (b"HEIGHT", b"WIDTH", b"DEPTH")]
    return turned(over_white(numpy.frombuffer(pixels, numpy.uint8).reshape(sides)), file)


def libjpeg(file):
    with Image.open(io.BytesIO(tool(["djpeg", "-outfile", "{out}", "{file}"], file))) as image:
        return turned(numpy.asarray(image.convert("RGB")), file)


def libtiff(file):
    with Image.open(file) as image:
        if image.getexif().get(0x0112, 1) != 1 or len(image.getbands()) == 4:
            raise ValueError("turned otherwise, or rounded when its colours are multiplied by alpha")
    with Image.open(io.BytesIO(tool(["tiff2rgba", "-c", "none", "{file}", "{out}"], file))) as image:
        raw = numpy.frombuffer(image.tobytes("raw"), numpy.uint8).reshape(image.height, image.width, -1)
        return raw[..., :3]


def turned(pixels, file):
    image = Image.fromarray(pixels)
    exif = image.getexif()
    exif[0x0112] = orientation(file)
    image.info["exif"] = exif.tobytes()
    return numpy.asarray(ImageOps.exif_transpose(image))


OWN = {"WEBP": ("libwebp", libwebp), "JPEG": ("libjpeg", libjpeg), "MPO": ("libjpeg", libjpeg), "TIFF": ("libtiff", libtiff)}


def reference(file, kind):
    """The name of a decoder and its levels, empty if none reads the file."""
    own = [OWN[kind]] if kind in OWN else []
    for name, read in own + [("Pillow", pillow)]:
        try:
            return name, read(file)
        except Exception:  # whatever a decoder says of a damaged file
            continue
    return "", None


def kind_of(file):
    try:
        with Image.open(file) as image:
            return image.format
    except Exception:
        return ""


def verdict(ours, theirs):
    if ours.shape != theirs.shape:
        return "different", "%d x %d pixels, there %d x %d" % (ours.shape[:2] + theirs.shape[:2])
    apart = numpy.abs(ours.astype(numpy.int16) - theirs)
    if apart.max() == 0:
        return "equal", ""
    if apart.max() <= WITHIN:
        return "within 2", ""
    return "different", "mean %.2f, at most %d levels" % (apart.mean(), apart.max())


def compare(folder, classpath):
    counts = collections.Counter()
    lines = []
    with tempfile.TemporaryDirectory() as results:
        main = "org.ldae.data.decoding.DecodeFolder"
        subprocess.run(["java", "-Xmx2g", "-cp", classpath, main, folder, results], check=True)
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            kind = kind_of(file)
            name = str(file.relative_to(folder))
            ppm = pathlib.Path(results) / (name.replace("/", "!") + ".ppm")
            if kind not in FORMATS and not ppm.exists():
                continue
            decoder, theirs = reference(file, kind)
            if not ppm.exists():
                found = "refused" if theirs is not None else "refused by all"
                reason = ppm.with_suffix(".txt").read_text().split(": ", 1)[-1].replace("|", "/")
                lines.append("| `%s` | %s | %s |" % (name, found, reason))
            elif theirs is None:
                found = "read by ours alone"
                lines.append("| `%s` | %s | |" % (name, found))
            else:
                with Image.open(ppm) as image:
                    found, reason = verdict(numpy.asarray(image), theirs)
                if found == "different":
                    why = [text for pattern, text in REASONS.items() if fnmatch.fnmatch(file.name, pattern)] + [""]
                    lines.append("| `%s` | different from %s | %s; %s |" % (name, decoder, reason, why[0]))
            counts[found] += 1
    return counts, lines


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--classpath", required=True)
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    kinds = ["equal", "within 2", "different", "refused", "refused by all", "read by ours alone"]
    results = [(folder,) + compare(folder, options.classpath) for folder in options.folders]
    print("Pillow %s\n\n| pictures | %s |\n|---|%s" % (PIL.__version__, " | ".join(kinds), "---|" * len(kinds)))
    for folder, counts, _ in results:
        print("| %s | %s |" % (folder.name, " | ".join(str(counts[kind]) for kind in kinds)))
    for folder, _, lines in results:
        if lines:
            print("\n%s\n\n| picture | | |\n|---|---|---|\n%s" % (folder.name, "\n".join(lines)))


if __name__ == "__main__":
    sys.exit(main())
