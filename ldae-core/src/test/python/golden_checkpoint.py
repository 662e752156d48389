"""Golden files of org.ldae.checkpoint, made without the safetensors package: struct, json, numpy and torch only.

    python3 ldae-core/src/test/python/golden_checkpoint.py

writes to ldae-core/src/test/resources/golden/checkpoint:
  all_types.safetensors  one tensor of every type and of every odd shape
  rounding.safetensors   float32 numbers and what torch rounds them to in float16 and bfloat16
  widening.safetensors   16-bit patterns and the float32 numbers torch widens them to
  corrupt/NAME.safetensors, each damaged in one way; CorruptFilesTest says what must be found
Written and checked with Python 3.11, numpy 1.24.2, torch 1.13.1.
"""

import json
import pathlib
import struct

import numpy as np
import torch

OUT = pathlib.Path(__file__).resolve().parents[1] / "resources" / "golden" / "checkpoint"


def raw(tensor):
    """Little-endian bytes of a tensor in row-major order."""
    tensor = tensor.contiguous()
    if tensor.dtype in (torch.float16, torch.bfloat16):
        tensor = tensor.view(torch.int16)
    return tensor.numpy().tobytes()


NAMES = {
    torch.float64: "F64",
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.int64: "I64",
    torch.int32: "I32",
    torch.uint8: "U8",
}


def write(name, header, body=b""):
    text = header if isinstance(header, bytes) else json.dumps(header, ensure_ascii=False).encode()
    path = OUT / f"{name}.safetensors"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(text)) + text + body)


def save(name, tensors, metadata=None):
    """In the order given, without padding: readers may not count on alignment."""
    header, body = {}, b""
    if metadata is not None:
        header["__metadata__"] = metadata
    for key, tensor in tensors.items():
        data = raw(tensor)
        offsets = [len(body), len(body) + len(data)]
        header[key] = {"dtype": NAMES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": offsets}
        body += data
    write(name, header, body)


def all_types():
    floats = [[0.0, -0.0, 1.5], [-2.25, float("inf"), float("-inf")]]
    save(
        "all_types",
        {
            "u8": torch.tensor([0, 1, 127, 128, 255], dtype=torch.uint8),  # odd length: all that follows is unaligned
            "f32": torch.tensor(floats, dtype=torch.float32),
            "f64": torch.tensor([[np.pi], [-1e300]], dtype=torch.float64),
            "f16": torch.tensor(floats, dtype=torch.float16),
            "bf16": torch.tensor(floats, dtype=torch.bfloat16),
            "i64": torch.tensor([-(2**63), 2**63 - 1, 2**53 + 1], dtype=torch.int64),
            "i32": torch.tensor([[[-(2**31)], [2**31 - 1]]], dtype=torch.int32),
            "scalar": torch.tensor(42.5, dtype=torch.float32),
            "scalar.i64": torch.tensor(-7, dtype=torch.int64),
            "empty": torch.zeros((0,), dtype=torch.float32),
            "empty.middle": torch.zeros((3, 0, 2), dtype=torch.float64),
            "nan": torch.tensor([float("nan")], dtype=torch.float32),
            "\u00fcber/\U0001f600 \"q\"": torch.arange(4, dtype=torch.float32).reshape(2, 2),
        },
        {"format": "pt", "note": "\u00e4\u6f22\U0001f600\n\"quoted\"", "empty": ""},
    )


def rounding():
    rng = np.random.default_rng(7)
    random = (rng.standard_normal(700) * 10.0 ** rng.integers(-9, 5, 700)).astype(np.float32)
    random = random[np.abs(random) < 65000]
    # No NaN: which of the many bfloat16 patterns torch writes depends on the processor.
    edges = [0.0, -0.0, np.inf, -np.inf, 65504.0, 65519.996, -65519.996, 1.0, 2**-14, 2**-24, 2**-25, 2**-26]
    edges += [1 + 2**-11, 1 + 3 * 2**-11, 1 + 2**-8, 1 + 3 * 2**-8, 1.5 * 2**-24, 2.5 * 2**-24, 3.5 * 2**-24]
    edges += [2**-14 - 2**-25, 2**-14 - 2**-26, np.nextafter(np.float32(2**-25), np.float32(1)), 1e-40, -1e-45, 2047.5]
    values = torch.from_numpy(np.concatenate([np.array(edges, dtype=np.float32), random]))
    big = torch.tensor([3.0e38, -3.3895e38, 65536.0, 1e30], dtype=torch.float32)
    save(
        "rounding",
        {
            "float32": values,
            "f16": values.to(torch.float16),
            "bf16": values.to(torch.bfloat16),
            "big.float32": big,
            "big.bf16": big.to(torch.bfloat16),
        },
    )


def widening():
    patterns = np.unique(np.concatenate([np.arange(0, 65536, 67), [0, 1, 1023, 1024, 31743, 31744, 32768, 64512, 65472]]))
    halves = torch.from_numpy(patterns.astype(np.uint16).view(np.int16).copy())
    save(
        "widening",
        {
            "f16": halves.view(torch.float16),
            "bf16": halves.view(torch.bfloat16),
            "f16.float32": halves.view(torch.float16).to(torch.float32),
            "bf16.float32": halves.view(torch.bfloat16).to(torch.float32),
        },
    )


def tensor(dtype, shape, begin, end):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def corrupt():
    one = {"a": tensor("F32", [2], 0, 8)}
    text = json.dumps(one).encode()
    body = struct.pack("<2f", 1, 2)
    good = struct.pack("<Q", len(text)) + text + body

    def cut(name, data):
        path = OUT / "corrupt" / f"{name}.safetensors"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def case(name, header, data=body):
        write(f"corrupt/{name}", header, data)

    cut("nothing", b"")
    cut("short_length", good[:7])
    cut("truncated_header", good[:20])
    cut("truncated_body", good[:-1])
    cut("trailing_bytes", good + b"\0")
    cut("length_beyond_cap", struct.pack("<Q", 100_000_001) + text + body)
    cut("length_negative", struct.pack("<Q", 2**64 - 1) + text + body)
    cut("length_one_more", struct.pack("<Q", len(good) - 7) + text + body)
    case("empty_header", b"")
    case("not_an_object", b"[1, 2]")
    case("leading_blank", b" " + text)
    case("unfinished_json", text[:-1])
    case("text_after_json", text + b"{}")
    case("lenient_json", text.replace(b'"a"', b"a"))
    case("not_utf8", text.replace(b"a\":", b"\xff\":", 1))
    case("nested_deep", b'{"a":' + b"[" * 300)
    case("tensor_not_object", {"a": 3})
    case("tensor_null", b'{"a":null}')
    case("duplicate_tensor", b'{"a":' + text[len('{"a": '):-1] + b"," + text[1:])
    case("duplicate_escaped", text[:-1] + b"," + text[1:].replace(b'"a"', b'"\\u0061"'))
    case("duplicate_key", text.replace(b'"dtype"', b'"dtype": "F32", "dtype"'))
    case("duplicate_metadata", b'{"__metadata__":{},"__metadata__":{},' + text[1:])
    case("duplicate_metadata_key", b'{"__metadata__":{"k":"1","k":"2"},' + text[1:])
    case("metadata_number", {"__metadata__": {"epoch": 3}, **one})
    case("metadata_null", {"__metadata__": None, **one})
    case("metadata_list", {"__metadata__": ["a"], **one})
    case("unknown_dtype", {"a": tensor("C64", [1], 0, 8)})
    case("lower_case_dtype", {"a": tensor("f32", [2], 0, 8)})
    case("dtype_number", {"a": tensor(32, [2], 0, 8)})
    case("missing_dtype", {"a": {"shape": [2], "data_offsets": [0, 8]}})
    case("missing_shape", {"a": {"dtype": "F32", "data_offsets": [0, 8]}})
    case("missing_offsets", {"a": {"dtype": "F32", "shape": [2]}})
    case("extra_key", {"a": {**tensor("F32", [2], 0, 8), "stride": [1]}})
    case("one_offset", {"a": {"dtype": "F32", "shape": [2], "data_offsets": [8]}})
    case("three_offsets", {"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8, 8]}})
    case("negative_offset", {"a": tensor("F32", [2], -8, 0)})
    case("fraction_offset", {"a": tensor("F32", [2], 0, 8.0)})
    case("text_offset", {"a": tensor("F32", [2], 0, "8")})
    case("offset_beyond_long", {"a": tensor("F32", [2], 0, 2**63)})
    case("end_before_begin", {"a": tensor("F32", [2], 8, 0)})
    case("end_beyond_file", {"a": tensor("F32", [3], 0, 12)})
    case("shape_not_list", {"a": tensor("F32", 2, 0, 8)})
    case("negative_shape", {"a": tensor("F32", [-2], 0, 8)})
    case("fraction_shape", {"a": tensor("F32", [2.5], 0, 8)})
    case("shape_overflow", {"a": tensor("F32", [2**62, 4], 0, 8)})
    case("shape_wraps_to_size", {"a": tensor("F32", [2**32, 2**31, 2], 0, 0)}, b"")
    case("shape_beyond_long", {"a": tensor("F32", [2**64], 0, 8)})
    case("too_many_axes", {"a": tensor("F32", [1] * 32 + [2], 0, 8)})
    case("wrong_size", {"a": tensor("F64", [2], 0, 8)})
    case("scalar_without_bytes", {"a": tensor("F32", [], 0, 0)}, b"")
    case("empty_with_bytes", {"a": tensor("F32", [0, 2], 0, 8)})
    case("overlap", {"a": tensor("F32", [2], 0, 8), "b": tensor("F32", [2], 4, 12)}, bytes(12))
    case("same_bytes_twice", {"a": tensor("F32", [2], 0, 8), "b": tensor("F32", [2], 0, 8)})
    case("hole", {"a": tensor("F32", [1], 0, 4), "b": tensor("F32", [1], 8, 12)}, bytes(12))
    case("hole_at_start", {"a": tensor("F32", [1], 4, 8)})
    case("no_tensors_but_bytes", {})


if __name__ == "__main__":
    all_types()
    rounding()
    widening()
    corrupt()
