#!/usr/bin/env python3
"""Reads a cache of one shard with the safetensors package: read_cache_safetensors.py ROOT COLUMN.

What it shows is that every file of data is a safetensors file as the package understands it."""
import glob, hashlib, json, os, sys
import numpy as np
import ml_dtypes  # makes bfloat16 known to NumPy
from safetensors import safe_open

def read(root, column):
    """float32 rows in the order of the samples that have one; all of them from a single generation"""
    (path,) = glob.glob(f"{root}/s*-of-1.json")
    shard = json.load(open(path))
    (entry,) = [c for c in shard["columns"] if c["name"] == column]
    with safe_open(os.path.join(root, shard["index"]["file"]), framework="numpy") as index:
        contents, rows = index.get_tensor("sample_content"), index.get_tensor("rows." + column)
        scales = index.get_tensor("scale." + column) if shard["dtype"] == "I8" else np.ones(len(rows), "f4")
    with safe_open(os.path.join(root, entry["file"]), framework="numpy") as file:
        assert set(file.keys()) == {"features", "crc32c"} and file.metadata()["column"] == column
        features = file.get_tensor("features").astype("f4") * scales[:, None]
    place = {int(content): row for row, content in enumerate(rows)}
    return features[[place[c] for c in contents.tolist() if c in place]]

if __name__ == "__main__":
    features = read(*sys.argv[1:3])
    print(features.shape, hashlib.sha256(features.tobytes()).hexdigest())
