#!/usr/bin/env python3
"""Heads exported as ONNX, run by ONNX Runtime on real cached features, beside what `permafrost predict` says.

    python3 onnx_heads.py PERMAFROST CACHE LAYER IMAGES NETWORK WEIGHTS

PERMAFROST is the command line's binary, CACHE holds LAYER of NETWORK with WEIGHTS for the pictures in IMAGES. Needs
numpy and onnxruntime.

For each kind of head: fit it, export it as ONNX, let ONNX Runtime classify the cache's rows, and the command line the
pictures themselves. Prints how many of the classes are equal and how far the probabilities, or margins, are apart.
Exits 1 where a class differs or a number by more than 1e-5 of the largest.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy
import onnxruntime

KINDS = ["logistic", "svm", "svm-hinge", "ridge", "lda", "class-mean", "softmax", "mlp"]


def main(permafrost, cache, layer, images, network, weights):
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        run = lambda *arguments: subprocess.run([permafrost, *map(str, arguments)], check=True, capture_output=True)
        run("export", "--cache", cache, "--layer", layer, "--to", folder / "rows")
        features = numpy.load(folder / "rows/features.npy")
        keys = (folder / "rows/keys.txt").read_text().splitlines()
        classes = (folder / "rows/classes.txt").read_text().splitlines()
        print(f"{network} {layer}: {len(features)} rows of {features.shape[1]}, onnxruntime {onnxruntime.__version__}")
        for kind in KINDS:
            head, model, answers = folder / f"{kind}.safetensors", folder / f"{kind}.onnx", folder / f"{kind}.json"
            run("fit", "--cache", cache, "--layer", layer, "--head", kind, "--to", head, "--onnx", model)
            run("predict", "--head", head, "--network", network, "--weights", weights, "--images", images,
                "--json", answers, "--quiet")
            own = {entry["key"]: entry for entry in json.loads(answers.read_text())}
            session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
            names = [output.name for output in session.get_outputs()]
            found = dict(zip(names, session.run(names, {"features": features})))
            numbers = found.get("probabilities", found["decision"])
            number = "probability" if "probabilities" in found else "margin"
            equal = sum(classes[label] == own[key]["class"] for key, label in zip(keys, found["label"]))
            theirs = numpy.array([row[label] for row, label in zip(numbers, found["label"])])
            ours = numpy.array([own[key][number] for key in keys])
            distance = numpy.abs(theirs - ours).max() / max(1, numpy.abs(ours).max())
            failed |= equal < len(keys) or distance > 1e-5
            print(f"{kind:12} {equal} of {len(keys)} classes equal, {number} within {distance:.1e}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 7:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
