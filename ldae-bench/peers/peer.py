"""What the Python peers of the speed report share: the line protocol, and reading what they are handed."""

import json
import struct
import sys
import time

import numpy as np

TYPES = {"F32": np.float32, "F64": np.float64, "I32": np.int32, "I64": np.int64}


def number(text):
    """A number, or the text where it is none, such as a path."""
    try:
        return float(text)
    except ValueError:
        return text


def read(path):
    """Tensors and numbers of a safetensors file."""
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        body = file.read()
    numbers = {key: number(value) for key, value in header.pop("__metadata__", {}).items()}
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensors[name] = np.frombuffer(body[begin:end], TYPES[entry["dtype"]]).reshape(entry["shape"]).copy()
    return tensors, numbers


def patches(images, side):
    """[N, C, H, W] to [N L, side * side * C]: tokens row-major, inside a patch row, column, channel."""
    n, c, h, w = images.shape
    cut = images.reshape(n, c, h // side, side, w // side, side)
    return cut.transpose(0, 2, 4, 3, 5, 1).reshape(-1, side * side * c)


def blas():
    """The BLAS libraries of this process, where the system tells."""
    try:
        with open("/proc/self/maps") as maps:
            files = {line.split("/")[-1].strip() for line in maps if "/" in line}
    except OSError:
        return "unknown"
    found = sorted(f for f in files if any(word in f.lower() for word in ("blas", "mkl", "blis")))
    return "+".join(found) or "built-in"


def repeat(iterate, least_seconds):
    """Mean seconds of an iteration, at least one."""
    began = time.perf_counter()
    count = 0
    while True:
        iterate()
        count += 1
        seconds = time.perf_counter() - began
        if seconds >= least_seconds:
            return seconds / count


def answer(words, tasks, opened):
    if words[0] == "open":
        opened.clear()
        opened.append(tasks[words[1]](*read(" ".join(words[2:]))))
        return ("ok " + getattr(opened[0], "how", "")).strip()
    if words[0] == "check":
        return "values " + " ".join(repr(float(v)) for v in opened[0].check())
    if words[0] == "turn":
        repeat(opened[0].iterate, float(words[1]))
        return "seconds " + repr(repeat(opened[0].iterate, float(words[2])))
    if words[0] == "close":
        opened.clear()
        return "ok"
    raise ValueError("expected open, check, turn or close, got " + words[0])


def serve(about, tasks):
    """Answers requests until the input ends. A task is made of (tensors, numbers) and has check() and iterate()."""
    print("hello", about, flush=True)
    opened = []
    for line in sys.stdin:
        try:
            reply = answer(line.split(), tasks, opened)
        except Exception as error:  # whatever it is, the report says so and goes on
            reply = "failed: %s %s" % (type(error).__name__, " ".join(str(error).split()))
        print(reply, flush=True)
