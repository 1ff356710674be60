#!/usr/bin/env python3
"""The main job on real photographs, beside the same job in torchvision and scikit-learn.

    python3 clothing.py PERMAFROST DATA

PERMAFROST is the command line's binary. DATA holds images/clothing/{train,validation,test}/CLASS/*.jpg and
weights/{mobilenet_v2,squeezenet1_1}.safetensors. Needs torch, torchvision, scikit-learn, Pillow and safetensors.

For each network: extract, compare, and the same pipeline in Python (torchvision's preset on upright PIL pictures, pooled
features, StandardScaler, C by decades on the validation part); both columns are printed. Then what a cache must do: a
second run computes nothing, a changed date changes nothing, a replaced file computes one picture. Last, the `input`
layer of 100 photographs, which must equal torchvision's preset to the bit. Exits 1 where anything does not hold.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import warnings

import numpy
import torch
from PIL import Image, ImageOps
from safetensors.torch import load_file
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests/BackboneTests/Goldens"))
from make_networks import torchvision  # noqa: E402  (imports it where its compiled operators are missing, too)

NETWORKS = {"mobilenet_v2": "features:average", "squeezenet1_1": "features:average"}
PARTS = ["train", "validation", "test"]
DECADES = [10.0**k for k in range(-5, 3)]
# Accuracies may differ by this much between the two pipelines, for the heads with one optimum.
ALLOWED = 0.007
failures = []


def check(holds, what):
    print(("ok      " if holds else "FAILED  ") + what)
    if not holds:
        failures.append(what)


def permafrost(*arguments):
    return subprocess.run([sys.argv[1], *map(str, arguments)], check=True, capture_output=True, text=True).stdout


def extract(network, weights, images, layer, cache, *more):
    return json.loads(permafrost(
        "extract", "--network", network, "--weights", weights, "--images", images, "--layer", layer,
        "--cache", cache, "--quiet", "--json", "-", *more))


def prepared(path):
    preset = torchvision.transforms._presets.ImageClassification(crop_size=224)
    return preset(ImageOps.exif_transpose(Image.open(path)).convert("RGB"))


def torch_features(network, weights, images):
    model = getattr(torchvision.models, network)()
    model.load_state_dict(load_file(weights))
    model.eval()
    classes = sorted(folder.name for folder in (images / "train").iterdir())
    parts = {}
    with torch.inference_mode():
        for part in PARTS:
            paths = [(p, k) for k, name in enumerate(classes) for p in sorted((images / part / name).iterdir())]
            rows = []
            for start in range(0, len(paths), 32):
                batch = torch.stack([prepared(p) for p, _ in paths[start:start + 32]])
                rows.append(model.features(batch).mean((2, 3)))
            parts[part] = (torch.cat(rows).numpy(), numpy.array([k for _, k in paths]),
                           [f"{part}/{p.parent.name}/{p.name}" for p, _ in paths])
    return parts


def scikit_learn(parts):
    scaler = StandardScaler().fit(parts["train"][0])
    # In float64 to a tight tolerance: at its defaults the peer stops where two values of C that tie on the validation
    # part do not, and then another C is chosen by one picture.
    x = {part: scaler.transform(rows).astype(numpy.float64) for part, (rows, _, _) in parts.items()}
    y = {part: labels for part, (_, labels, _) in parts.items()}
    scores = {}
    kinds = {
        "logistic": lambda c: LogisticRegression(C=c, max_iter=5000, tol=1e-8),
        "svm": lambda c: LinearSVC(C=c, max_iter=20000, random_state=0),
    }
    for kind, make in kinds.items():
        fits = [make(c).fit(x["train"], y["train"]) for c in DECADES]
        best = max(fits, key=lambda fit: fit.score(x["validation"], y["validation"]))
        scores[kind] = best.score(x["test"], y["test"])
    mlp = MLPClassifier((128,), early_stopping=True, random_state=0, max_iter=200).fit(x["train"], y["train"])
    scores["mlp"] = mlp.score(x["test"], y["test"])
    return scores


def heads(data, work):
    for network, layer in NETWORKS.items():
        weights = data / f"weights/{network}.safetensors"
        images, cache = data / "images/clothing", work / network
        report = extract(network, weights, images, layer, cache)
        print(f"{network}: {report['computed']} pictures, {report['images_per_second']:.1f} a second")
        permafrost("compare", "--cache", cache, "--layer", layer, "--quiet", "--json", work / "compare.json")
        ours = {head["name"]: head["test"]["accuracy"] for head in json.loads((work / "compare.json").read_text())["heads"]}
        parts = torch_features(network, weights, images)
        theirs = scikit_learn(parts)
        permafrost("export", "--cache", cache, "--layer", layer, "--to", work / "export", "--quiet")
        rows = dict(zip((work / "export/keys.txt").read_text().splitlines(), numpy.load(work / "export/features.npy")))
        worst = max(abs(rows[key] - row).max() / abs(row).max()
                    for features, _, keys in parts.values() for key, row in zip(keys, features))
        check(worst <= 1e-4, f"{network}: features differ by {worst:.1e} of their maximum at most")
        print(f"{'head':10} {'Permafrost':>10} {'torchvision + scikit-learn':>28}")
        for kind in ["logistic", "svm", "mlp"]:
            print(f"{kind:10} {ours[kind]:10.4f} {theirs[kind]:28.4f}")
        for kind in ["logistic", "svm"]:
            check(abs(ours[kind] - theirs[kind]) <= ALLOWED, f"{network}: {kind} within {100 * ALLOWED:.1f} points")
        if network == "mobilenet_v2":
            check(min(ours.values()) >= 0.79, f"{network}: every head at least 0.79")


def cache_behaviour(data, work):
    images = work / "images"
    shutil.copytree(data / "images/clothing/test", images)
    arguments = ("squeezenet1_1", data / "weights/squeezenet1_1.safetensors", images, "features:average", work / "behaviour")
    first = extract(*arguments)
    check(first["computed"] == first["rows"] > 0, f"a first run computes all {first['rows']} pictures")
    check(extract(*arguments)["computed"] == 0, "a second run computes nothing")
    paths = sorted(images.glob("*/*.jpg"))
    for path in paths:
        os.utime(path, (1, 1))
    check(extract(*arguments)["computed"] == 0, "a changed date changes nothing")
    paths[0].write_bytes(next((data / "images/clothing/train").glob("*/*.jpg")).read_bytes())
    replaced = extract(*arguments)
    check((replaced["computed"], replaced["reused"]) == (1, first["rows"] - 1), "a replaced file computes one picture")


def input_layer(data, work):
    paths = sorted((data / "images/clothing/train").glob("*/*.jpg"))[::6][:100]
    listing = work / "hundred.txt"
    listing.write_text("".join(f"{path}\n" for path in paths))
    extract("squeezenet1_1", "seed:0", listing, "input", work / "input")
    permafrost("export", "--cache", work / "input", "--layer", "input", "--to", work / "pixels", "--quiet")
    ours = numpy.load(work / "pixels/features.npy")
    equal = sum(numpy.array_equal(row, prepared(path).numpy().ravel()) for row, path in zip(ours, paths))
    check(equal == len(ours) == 100, f"the input layer of {equal} of {len(paths)} photographs equals torchvision's preset")


def main():
    warnings.simplefilter("ignore", ConvergenceWarning)
    data = pathlib.Path(sys.argv[2]).resolve()
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        heads(data, work)
        cache_behaviour(data, work)
        input_layer(data, work)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
