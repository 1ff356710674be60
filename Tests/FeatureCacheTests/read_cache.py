#!/usr/bin/env python3
"""Reads a cache by Docs/CacheFormat.md, with NumPy alone: read_cache.py ROOT COLUMN prints the rows' SHA-256."""
import glob, hashlib, json, os, sys
import numpy as np

TYPES = {"F32": "<f4", "F16": "<f2", "BF16": "<u2", "I8": "i1", "U8": "u1", "U16": "<u2", "I32": "<i4", "U32": "<u4",
         "I64": "<i8", "U64": "<u8"}

def record(path):
    data = open(path, "rb").read()
    body, end = data[:-78], data[-78:]
    assert end == b',"sha256":"%s"}\n' % hashlib.sha256(body).hexdigest().encode(), path
    return json.loads(data)

def tensors(root, file):
    path = os.path.join(root, file["file"])
    assert os.path.getsize(path) == file["bytes"], path
    size = int(np.fromfile(path, "<u8", 1)[0])
    header = json.loads(open(path, "rb").read(8 + size)[8:])
    return {name: np.memmap(path, TYPES[t["dtype"]], "r", 8 + size + t["data_offsets"][0], tuple(t["shape"]))
            if 0 not in t["shape"] else np.zeros(t["shape"], TYPES[t["dtype"]])
            for name, t in header.items() if name != "__metadata__"}

def texts(t, name):
    off, data = t[name + "_off"], t[name + "_bytes"].tobytes()
    return [data[off[j]:off[j + 1]].decode() for j in range(len(off) - 1)]

def read(root, column):
    """keys, labels and float32 rows of the current generation, without the samples that failed"""
    manifests = sorted(map(record, glob.glob(f"{root}/manifest-*.json")), key=lambda m: m["manifest"])
    first = manifests[-1]["first_generation"] if manifests else 1
    shards = [s for s in map(record, glob.glob(f"{root}/s*-of-*.json")) if s["generation"] >= first]
    shards.sort(key=lambda r: (r["generation"], r["shard"]))
    rows, current = {}, {}
    for shard in shards:
        index = tensors(root, shard["index"])
        hashes = [h.tobytes() for h in index["content_sha256"]]
        current.setdefault(shard["generation"], []).append([hashes[c] if c >= 0 else None for c in index["sample_content"]])
        for c in (c for c in shard["columns"] if c["name"] == column):
            features = tensors(root, c)["features"]
            if shard["dtype"] == "BF16":
                features = (features.astype("<u4") << 16).view("<f4")
            features = features.astype("<f4")
            if shard["dtype"] == "I8":
                features *= index["scale." + column][:, None]
            for content, row in zip(index["rows." + column], features):
                rows.setdefault(hashes[int(content)], row)
    plans = {p["generation"]: p for p in map(record, glob.glob(f"{root}/plan-*.json")) if p["generation"] >= first}
    newest = max(g for g in plans if len(current.get(g, [])) == plans[g]["shards"])
    samples = [h for part in current[newest] for h in part]
    table = tensors(root, plans[newest]["table"])
    kept = [j for j, h in enumerate(samples) if h in rows]
    keys = texts(table, "key")
    return [keys[j] for j in kept], table["label"][kept], np.stack([rows[samples[j]] for j in kept])

if __name__ == "__main__":
    keys, labels, features = read(*sys.argv[1:3])
    print(features.shape, hashlib.sha256(features.tobytes()).hexdigest())
