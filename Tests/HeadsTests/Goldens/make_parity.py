"""Makes parity.json and parity.safetensors: what scikit-learn and liblinear answer on six data sets.

    PERMAFROST_DATA=... python make_parity.py     # scikit-learn 1.9.1, PyTorch, torchvision, SciPy, safetensors

The sets:
  mobilenet_v2, squeezenet1_1   pooled activations of one layer each of 300 photographs (CC0) in ten classes, the
                                first 30 a class of the training part; stored here as float16
  cats and dogs                 160 grey pictures of 64 x 64 pixels in two classes as their first 128 principal
                                coordinates, stored as float32; the pictures themselves are not stored
  separable, collinear, imbalanced   drawn by both sides as make_heads.py describes; the last has row weights

A problem of a set is all of its classes, or two of them (label 1 is the positive class). Every objective is evaluated
here in float64 from the peer's coefficients, fitted at its tightest tolerance. Of the weights, every `stride`-th number
of coef_.ravel() is stored.
"""

import json
import os
import pathlib
import sys
import time
import warnings

import numpy as np
import sklearn
from safetensors.numpy import save_file
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from make_heads import effective_weights, logistic_objective, make_data, svm_objective

HERE = pathlib.Path(__file__).parent
PER_CLASS = 30
LAYERS = {"mobilenet_v2": "features.13", "squeezenet1_1": "features.12"}
SYNTHETIC = [
    dict(name="separable", seed=21, rows=160, dimension=12, classes=4, latent=6, spread=6.0, noise=0.1, offset=0.0),
    dict(name="collinear", seed=22, rows=180, dimension=24, classes=3, latent=4, spread=1.0, noise=0.0, offset=1.0),
    dict(name="imbalanced", seed=23, rows=300, dimension=10, classes=4, latent=6, spread=0.8, noise=0.6, offset=0.0,
         shares=[0.7, 0.86, 0.95, 1.0], weighted=True),
]

# C, class weights, intercept, standardised
LOGISTIC = [
    (1e-3, None, True, True), (1.0, "balanced", True, True), (1e3, None, True, True), (1.0, None, False, True),
    (1e-2, "balanced", False, False), (10.0, None, True, False),
]
# loss, C, class weights, intercept, intercept_scaling, standardised
SVM = [
    ("squared_hinge", 1e-3, None, True, 1.0, True), ("squared_hinge", 1.0, "balanced", True, 2.0, True),
    ("squared_hinge", 1.0, None, False, 1.0, True), ("squared_hinge", 1e-2, None, True, 1.0, False),
    ("hinge", 1e-3, None, True, 1.0, True), ("hinge", 1.0, "balanced", True, 1.0, True),
    ("hinge", 0.1, None, False, 1.0, True),
]


def clothing(data):
    import torch
    # torchvision's wheel may register operations that a CPU-only PyTorch lacks; none of them is used here.
    library = torch.library.Library("torchvision", "DEF")
    for op in ("nms", "qnms"):
        library.define(op + "(Tensor a, Tensor b, float c) -> Tensor")
    import torchvision
    from PIL import Image
    from safetensors.torch import load_file
    from torchvision.models.feature_extraction import create_feature_extractor

    prepare = torchvision.transforms.Compose([
        torchvision.transforms.Resize(256), torchvision.transforms.CenterCrop(224),
        torchvision.transforms.ToTensor(),
        torchvision.transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])
    folder = data / "images/clothing/train"
    classes = sorted(p.name for p in folder.iterdir() if p.is_dir())
    paths = [(p, k) for k, c in enumerate(classes) for p in sorted((folder / c).iterdir())[:PER_CLASS]]
    labels = np.array([k for _, k in paths])
    pictures = torch.stack([prepare(Image.open(p).convert("RGB")) for p, _ in paths])
    for name, layer in LAYERS.items():
        model = getattr(torchvision.models, name)()
        model.load_state_dict(load_file(data / f"weights/{name}.safetensors"))
        extractor = create_feature_extractor(model.eval(), {layer: "out"})
        with torch.no_grad():
            rows = torch.cat([extractor(b)["out"].mean((2, 3)) for b in pictures.split(20)])
        yield name, rows.numpy().astype(np.float16), labels, (5, 9)  # shirt against t-shirt


def cats_and_dogs(data):
    from scipy.io import loadmat
    cat = loadmat(data / "images/databook/catData.mat")["cat"].T
    dog = loadmat(data / "images/databook/dogData.mat")["dog"].T
    x = np.concatenate([cat, dog]).astype(np.float64) / 255
    x -= x.mean(axis=0)
    u, s, _ = np.linalg.svd(x, full_matrices=False)
    return (u * s)[:, :128].astype(np.float32), np.repeat([0, 1], [len(cat), len(dog)])


def fit_logistic(x, y, weights, c, class_weight, intercept):
    # lbfgs gives up up to 2e-7 above the minimum, where a step gains no more than 64 units in the last place.
    s = effective_weights(y, weights, class_weight)
    newton = "newton-cholesky" if x.shape[1] * len(set(y)) <= 1500 else "newton-cg"
    best = None
    for solver in (newton, "lbfgs"):
        model = LogisticRegression(C=c, tol=1e-12, max_iter=200000 if solver == "lbfgs" else 2000, solver=solver,
                                   class_weight=class_weight, fit_intercept=intercept)
        model.fit(x, y, sample_weight=weights)
        value = logistic_objective(x, y, s, model.coef_, model.intercept_, c)
        if best is None or value < best[0] * (1 - 1e-12):
            best = value, model
    return best[0], best[1].coef_, best[1].intercept_, best[1].predict_proba(x)


def fit_svm(x, y, weights, loss, c, class_weight, intercept, scaling):
    # Row weights that contain the class weights: liblinear weights only the positive class of each one-vs-rest
    # problem. Its primal solver exists for the squared hinge only.
    s = effective_weights(y, weights, class_weight)
    best = None
    for dual in (True, False) if loss == "squared_hinge" else (True,):
        model = LinearSVC(C=c, loss=loss, dual=dual, tol=1e-10, max_iter=1_000_000, intercept_scaling=scaling,
                          fit_intercept=intercept, random_state=0)
        model.fit(x, y, sample_weight=s)
        b = model.intercept_ if intercept else np.zeros(model.coef_.shape[0])
        value = svm_objective(x, y, s, model.coef_, b, c, loss == "squared_hinge", scaling)
        if best is None or value < best[0]:
            best = value, model, b
    return best[0], best[1].coef_, best[2], best[1].decision_function(x).reshape(len(x), -1)


def problem(name, x, y, weights, pair, tensors):
    """All fits of one problem."""
    result = dict(classes=len(set(y)), pair=pair, logistic=[], svm=[])
    wide = x.astype(np.float64)
    scaler = StandardScaler().fit(wide)
    rows = {True: scaler.transform(wide), False: wide}
    result["checksum"] = float(np.abs(wide).sum())

    def keep(kind, settings, value, coef, b, answers):
        stride = max(1, coef.size // 256)
        key = f"{name}/{'pair' if pair else 'all'}/{kind}{len(result[kind])}"
        tensors[key + "/weights"] = coef.ravel()[::stride].astype(np.float32)
        tensors[key + "/answers"] = np.ascontiguousarray(answers[::max(1, len(x) // 16)][:16], np.float32)
        fit = dict(settings, objective=float(value), stride=stride, answerStride=max(1, len(x) // 16), key=key,
                   largestWeight=float(np.abs(coef).max()), intercepts=np.ravel(b).astype(float).tolist())
        result[kind].append(fit)

    for c, cw, intercept, standardized in LOGISTIC:
        answer = fit_logistic(rows[standardized], y, weights, c, cw, intercept)
        keep("logistic", dict(c=c, balanced=cw == "balanced", intercept=intercept, standardized=standardized), *answer)
    for loss, c, cw, intercept, scaling, standardized in SVM:
        answer = fit_svm(rows[standardized], y, weights, loss, c, cw, intercept, scaling)
        keep("svm", dict(loss=loss, c=c, balanced=cw == "balanced", intercept=intercept, interceptScaling=scaling,
                         standardized=standardized), *answer)
    return result


def golden(name, x, y, weights, pair, tensors, description):
    start = time.time()
    problems = []
    if len(set(y)) > 2:
        problems.append(problem(name, x, y, weights, None, tensors))
    if pair:
        chosen = np.isin(y, pair)
        problems.append(problem(name, x[chosen], (y[chosen] == pair[1]).astype(int),
                                None if weights is None else weights[chosen], list(pair), tensors))
    else:
        problems.append(problem(name, x, y, weights, None, tensors))
    print(name, x.shape, f"{time.time() - start:.1f} s", file=sys.stderr, flush=True)
    return dict(description, name=name, problems=problems)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    data = pathlib.Path(os.environ["PERMAFROST_DATA"])
    tensors, sets = {}, []
    for case in SYNTHETIC:
        case.setdefault("shares", None)
        case.setdefault("weighted", False)
        x, y, weights = make_data(case)
        sets.append(golden(case["name"], x, y, weights, (0, 1), tensors, case))
    x, y = cats_and_dogs(data)
    tensors["cats and dogs/features"] = x
    sets.append(golden("cats and dogs", x, y, None, None, tensors, dict(labels=y.tolist(), classes=2)))
    for name, x, y, pair in clothing(data):
        tensors[f"{name}/features"] = x
        sets.append(golden(name, x, y, None, pair, tensors, dict(labels=y.tolist(), classes=10, layer=LAYERS[name])))
    versions = {"scikit-learn": sklearn.__version__, "numpy": np.__version__}
    (HERE / "parity.json").write_text(json.dumps(dict(versions=versions, sets=sets), separators=(",", ":")) + "\n")
    save_file(tensors, HERE / "parity.safetensors")
    for path in ("parity.json", "parity.safetensors"):
        print(path, (HERE / path).stat().st_size)
