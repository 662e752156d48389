"""Writes golden files in the safetensors format with numpy alone."""

import json
import pathlib
import struct

import numpy as np

FOLDER = pathlib.Path(__file__).parent.parent / "resources" / "golden"


def save(path, tensors, metadata=None):
    """Tensors as float32 in golden/<path>.safetensors; scalars become [1]."""
    header, blobs, end = {}, [], 0
    if metadata:
        header["__metadata__"] = metadata
    for name in sorted(tensors):
        array = tensors[name]
        array = array.detach().cpu().numpy() if hasattr(array, "detach") else np.asarray(array)
        array = np.ascontiguousarray(np.atleast_1d(array), dtype=np.float32)
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [end, end + array.nbytes]}
        blobs.append(array.tobytes())
        end += array.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    file = FOLDER / (path + ".safetensors")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def load(path):
    """The tensors of golden/<path>.safetensors."""
    data = (FOLDER / (path + ".safetensors")).read_bytes()
    start = 8 + struct.unpack("<Q", data[:8])[0]
    tensors = {}
    for name, entry in json.loads(data[8:start]).items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            flat = np.frombuffer(data[start + begin : start + end], dtype=np.float32)
            tensors[name] = flat.reshape(entry["shape"]).copy()
    return tensors


def rows(weight):
    """[C_out, C_in, k, k] in the library's order [C_out, k k C_in]."""
    return weight.permute(0, 2, 3, 1).reshape(len(weight), -1)
