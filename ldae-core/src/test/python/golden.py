"""Reads and writes the golden files of the module whose script runs, in the safetensors format, with numpy alone."""

import json
import pathlib
import struct
import sys

import numpy as np

FOLDER = pathlib.Path(sys.argv[0]).resolve().parent.parent / "resources" / "golden"
NAMES = {"float64": "F64", "float32": "F32", "int64": "I64"}
DTYPES = {code: name for name, code in NAMES.items()}


def save(path, tensors, metadata=None):
    """Tensors in golden/<path>.safetensors, float64, float32 or int64 as they come; scalars become [1]."""
    header, blobs, end = {}, [], 0
    if metadata:
        header["__metadata__"] = metadata
    arrays = {name: np.ascontiguousarray(np.atleast_1d(plain(tensor))) for name, tensor in tensors.items()}
    for name, array in sorted(arrays.items(), key=lambda item: (-item[1].itemsize, item[0])):
        header[name] = {"dtype": NAMES[array.dtype.name], "shape": list(array.shape), "data_offsets": [end, end + array.nbytes]}
        blobs.append(array.tobytes())
        end += array.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    file = FOLDER / (path + ".safetensors")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def plain(tensor):
    """A PyTorch tensor, or anything else, as a numpy array."""
    return tensor.detach().cpu().numpy() if hasattr(tensor, "detach") else np.asarray(tensor)


def singles(tensors):
    """All of them rounded to float32."""
    return {name: plain(tensor).astype(np.float32) for name, tensor in tensors.items()}


def load(path):
    """The tensors of golden/<path>.safetensors."""
    data = (FOLDER / (path + ".safetensors")).read_bytes()
    start = 8 + struct.unpack("<Q", data[:8])[0]
    tensors = {}
    for name, entry in json.loads(data[8:start]).items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            flat = np.frombuffer(data[start + begin : start + end], dtype=DTYPES[entry["dtype"]])
            tensors[name] = flat.reshape(entry["shape"]).copy()
    return tensors
