"""Checks what the demo claims, independently of the Swift code: heads on demonet against two controls.

    PYTHONPATH=<folder of seeded.py> python transfer.py SHIPS [demonet.safetensors]

SHIPS holds one folder of JPEG files a class. The controls are the same network with random weights (`seed:N`, as
defined by seeded.py) and the raw pixels of the network's input. Needs torch, safetensors and scikit-learn.
"""
import os
import sys
import warnings

import numpy as np
import torch
from PIL import Image
from safetensors import safe_open
from safetensors.torch import load_file
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score, train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

import seeded
from train import CROP, DemoNet, normalise

SIDE = 88


def load(path):
    """The network's input: shorter side to 88, centre crop 80, bytes."""
    image = Image.open(path).convert("RGB")
    scale = SIDE / min(image.size)
    image = image.resize([round(edge * scale) for edge in image.size], Image.BILINEAR)
    left, top = (image.width - CROP) // 2, (image.height - CROP) // 2
    return np.asarray(image.crop((left, top, left + CROP, top + CROP)))


def features(model, pixels):
    model.eval()
    with torch.no_grad():
        x = normalise(torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255)
        return torch.cat([model.features(part) for part in x.split(128)]).numpy()


def wilson(right, count, z=1.959964):
    p, n = right / count, count
    middle, half = p + z * z / (2 * n), z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def heads(grid, folds):
    def chosen(make):
        def fit(x, y):
            scores = [cross_val_score(make(c), x, y, cv=folds).mean() for c in grid]
            return make(grid[int(np.argmax(scores))]).fit(x, y)
        return fit

    return {
        "logistic regression": chosen(lambda c: LogisticRegression(C=c, max_iter=300)),
        "linear SVM": chosen(lambda c: LinearSVC(C=c / 10, max_iter=500)),
        "MLP 128": lambda x, y: MLPClassifier((128,), alpha=1, max_iter=150, random_state=0).fit(x, y),
    }


def main():
    warnings.simplefilter("ignore", ConvergenceWarning)
    torch.set_num_threads(1)
    folder = sys.argv[1]
    weights = sys.argv[2] if len(sys.argv) > 2 else os.path.join(os.path.dirname(__file__), "demonet.safetensors")
    names = sorted(os.listdir(folder))
    files = [(os.path.join(folder, name, file), label) for label, name in enumerate(names)
             for file in sorted(os.listdir(os.path.join(folder, name))) if file.endswith(".jpg")]
    pixels = np.stack([load(path) for path, _ in files])
    labels = np.array([label for _, label in files])
    train, test = train_test_split(np.arange(len(labels)), test_size=0.4, stratify=labels, random_state=0)

    with safe_open(weights, "pt") as file:
        classes = int(file.metadata()["classes"])
    trained = DemoNet(classes)
    missing = trained.load_state_dict(load_file(weights), strict=False).missing_keys
    assert all(key.endswith("num_batches_tracked") for key in missing), missing

    tables = {"trained": features(trained, pixels)}
    for seed in range(3):
        tables[f"random, seed:{seed}"] = features(seeded.load_into(DemoNet(classes), seed), pixels)
    tables["raw pixels"] = pixels.reshape(len(pixels), -1).astype(np.float32) / 255
    folds = StratifiedKFold(3, shuffle=True, random_state=0)
    for name, table in tables.items():
        scaler = StandardScaler().fit(table[train])
        x = scaler.transform(table)
        # 19200 raw values a picture: a rotation onto the training rows changes no linear head, only the time.
        if x.shape[1] > len(train):
            basis = np.linalg.svd(x[train], full_matrices=False)[2]
            x = x @ basis.T
        # Standardised pixels have a hundred times the norm of 192 features, so the grid is wide.
        grid = [1e-5, 1e-4, 1e-3, 0.01, 0.1, 1]
        for head, fit in heads(grid, folds).items():
            prediction = fit(x[train], labels[train]).predict(x[test])
            right = int((prediction == labels[test]).sum())
            low, high = wilson(right, len(test))
            recalls = " ".join(f"{(prediction[labels[test] == k] == k).mean():.2f}" for k in range(len(names)))
            print(f"{name:16s} {head:20s} {100 * right / len(test):5.1f} %  "
                  f"[{100 * low:.1f}, {100 * high:.1f}]   {recalls}", flush=True)


if __name__ == "__main__":
    main()
