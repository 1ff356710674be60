#!/usr/bin/env python3
"""Writes checkpoints/ beside itself: one set of tiny tensors in every container that is read, what they hold, and
seeded weights. Needs torch, numpy and safetensors.

tensors.safetensors  tensors.zip.pth  tensors.legacy.pth   the tensors as they are; in the PyTorch files some are
                                                           transposed, sliced, expanded, and share storages
tensors.repacked.pth                                       the zip archive as another program writes it, with zip64
wrapped.zip.pth  wrapped.legacy.pth                        what a training script saves: the same under state_dict,
                                                           names behind `module.`, beside optimiser and settings
expected.json    {"digest": ..., "tensors": {name: [dtype, shape, [values]]}}
seeded.json      [[seed as text, name, shape, [bits of values]], ...]

The legacy files differ in a few bytes from run to run, since PyTorch names storages by their addresses there. The
digest and the seeded weights are computed here from their definitions, not by the code under test.
"""
import argparse
import hashlib
import json
import pathlib
import struct
import zipfile
from collections import OrderedDict, defaultdict

import numpy
import safetensors.torch
import torch

OUT = pathlib.Path(__file__).resolve().parent / "checkpoints"
DTYPES = {
    torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.float64: "F64", torch.int64: "I64",
    torch.int32: "I32", torch.int16: "I16", torch.int8: "I8", torch.uint8: "U8", torch.bool: "BOOL",
    torch.uint16: "U16",
}


def tensors():
    generator = torch.Generator().manual_seed(1)

    def random(*shape, dtype=torch.float32):
        return torch.randn(shape, generator=generator, dtype=torch.float64).to(dtype)

    base = random(4, 6)
    parameter = torch.nn.Parameter(random(2, 2))
    parameter.note = "an attribute makes PyTorch save a parameter in another way"
    return OrderedDict([
        ("conv.weight", torch.nn.Parameter(random(2, 3, 2, 2))),
        ("conv.bias", parameter),
        ("bn.num_batches_tracked", torch.tensor(17)),
        ("channels_last", random(2, 3, 2, 2).contiguous(memory_format=torch.channels_last)),
        ("transposed", random(3, 4).t()),
        ("shared.whole", base),
        ("shared.odd_columns", base[:, 1::2]),
        ("shared.corner", base[2:, 4:].t()),
        ("expanded", random(1).expand(2, 3)),
        ("empty", random(0, 3)),
        ("scalar", random()),
        ("half", random(5, dtype=torch.float16)),
        ("half.transposed", random(3, 3, dtype=torch.float16).t()),
        ("brain", random(3, dtype=torch.bfloat16)),
        ("double", random(3, 2, dtype=torch.float64).t()),
        ("long", torch.tensor([-(2**40), 3])),
        ("int", torch.tensor([[-5, 6]], dtype=torch.int32)),
        ("short", torch.tensor([-300, 7], dtype=torch.int16)),
        ("unsigned", torch.tensor([65535, 7], dtype=torch.uint16)),
        ("char", torch.tensor([-8, 9], dtype=torch.int8)),
        ("byte", torch.tensor([250, 1, 2], dtype=torch.uint8)),
        ("bool", torch.tensor([True, False])),
        ("naïve.weight", random(1)),
    ])


def contents(tensor):
    """Row-major little-endian bytes."""
    flat = tensor.detach().contiguous().flatten()
    return flat.view(torch.uint8).numpy().tobytes() if flat.numel() else b""


def digest(named):
    state = hashlib.sha256()
    for name, tensor in sorted(named.items(), key=lambda item: item[0].encode()):
        if name.split(".")[-1] == "num_batches_tracked":
            continue
        for text in (name.encode(), DTYPES[tensor.dtype].encode()):
            state.update(struct.pack("<Q", len(text)) + text)
        state.update(struct.pack(f"<{1 + tensor.dim()}Q", tensor.dim(), *tensor.shape))
        state.update(contents(tensor))
    return state.hexdigest()


def repack(source, target):
    """As an ordinary zip program would, each local header with a zip64 field. Times are fixed, for equal bytes."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as new:
        for name in old.namelist():
            with new.open(zipfile.ZipInfo(name), "w", force_zip64=True) as entry:
                entry.write(old.read(name))


def training_state(named):
    weight = torch.nn.Parameter(torch.ones(2))
    optimizer = torch.optim.SGD([weight], lr=0.1, momentum=0.9)
    weight.sum().backward()
    optimizer.step()
    counts = defaultdict(int)
    counts["pictures"] = 12
    return {
        "epoch": 7, "arch": "tiny", "best_acc1": torch.tensor(0.5), "best_acc5": numpy.float64(0.75), "lr": 0.1,
        "args": argparse.Namespace(data="/data", workers=4), "mean": numpy.arange(3.0), "steps": 2**70,
        "counts": counts, "shape": torch.Size([1, 2]), "dtype": torch.float16, "device": torch.device("cpu"),
        "seen": {1, 2}, "none": None, "nested": [[], (), {}, [True, (1, 2, 3, 4)]],
        "optimizer": optimizer.state_dict(),
        "state_dict": OrderedDict(("module." + name, tensor) for name, tensor in named.items()),
    }


def seeded(seed, name, shape):
    """One number after the other, in the plainest way."""
    mask = 2**64 - 1

    def mix(x):
        z = (x + 0x9E3779B97F4A7C15) & mask
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return z ^ (z >> 31)

    def single(x):
        return struct.unpack("<f", struct.pack("<f", x))[0]

    key = 0xCBF29CE484222325
    for byte in name.encode():
        key = (key ^ byte) * 0x100000001B3 & mask
    key ^= mix(seed)
    last = name.split(".")[-1]
    count, fan_in = 1, 1
    for index, length in enumerate(shape):
        count *= length
        fan_in *= length if index else 1
    bits = []
    for index in range(count):
        unit = (mix((key + index) & mask) >> 40) / 2**24
        if last == "running_var" or (last == "weight" and len(shape) == 1):
            value = unit + 0.5
        elif last.endswith("weight") and len(shape) >= 2:
            value = (2 * unit - 1) * single((6 / fan_in) ** 0.5)
        elif last == "running_mean" or (last.endswith("bias") and len(shape) == 1):
            value = (2 * unit - 1) * single(0.1)
        else:
            value = (2 * unit - 1) * single(0.02)
        # Each product of two float32 is exact in float64, so that rounding it once is rounding once.
        bits.append(struct.unpack("<I", struct.pack("<f", value))[0])
    return [str(seed), name, shape, bits]


def main():
    OUT.mkdir(exist_ok=True)
    named = tensors()
    torch.save(named, OUT / "tensors.zip.pth")
    torch.save(named, OUT / "tensors.legacy.pth", _use_new_zipfile_serialization=False)
    repack(OUT / "tensors.zip.pth", OUT / "tensors.repacked.pth")
    torch.save(training_state(named), OUT / "wrapped.zip.pth")
    torch.save(training_state(named), OUT / "wrapped.legacy.pth", _use_new_zipfile_serialization=False)
    plain = {name: tensor.detach().contiguous().clone() for name, tensor in named.items()}
    safetensors.torch.save_file(plain, OUT / "tensors.safetensors", {"format": "pt"})
    rows = {name: [DTYPES[tensor.dtype], list(tensor.shape), tensor.detach().double().flatten().tolist()]
            for name, tensor in named.items()}
    (OUT / "expected.json").write_text(json.dumps({"digest": digest(named), "tensors": rows}, indent=0) + "\n")
    cases = [
        seeded(0, "conv1.weight", [2, 3, 3, 1]), seeded(0, "layer1.0.bn1.weight", [6]),
        seeded(0, "layer1.0.bn1.bias", [6]), seeded(0, "layer1.0.bn1.running_mean", [6]),
        seeded(0, "layer1.0.bn1.running_var", [6]), seeded(0, "fc.weight", [3, 7]),
        seeded(0, "fc.bias", [3]), seeded(2**64 - 1, "fc.weight", [3, 7]), seeded(12345, "fc.weight", [3, 7]),
        seeded(1, "encoder.in_proj_weight", [4, 5]), seeded(1, "encoder.in_proj_bias", [4]),
        seeded(1, "class_token", [1, 1, 5]), seeded(1, "layer_scale", [3, 1, 1]), seeded(1, "naïve.weight", [2, 2]),
        seeded(1, "weight", [3]), seeded(1, "scalar", []), seeded(1, "empty.weight", [0, 3]),
    ]
    (OUT / "seeded.json").write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")


if __name__ == "__main__":
    main()
