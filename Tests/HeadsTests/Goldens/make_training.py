"""Makes training.json: what PyTorch's schedules, layers and optimizers and scikit-learn's calibration answer on the
data of make_heads.py.

    python make_training.py     # PyTorch 2.13, scikit-learn 1.9.1, NumPy; writes training.json beside this file

Networks start from SplitMix64 of the run's seed: layer by layer the weights, outputs x inputs, then the biases, each
uniform / sqrt(inputs), rounded to float32. Calibrated scores are x @ W' of the data, with W from the same generator.
"""

import json
import pathlib

import numpy as np
import sklearn
import torch
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from torch import nn
from torch.optim import lr_scheduler

from make_heads import CASES, SplitMix64, make_data

SHOWN = 12
BY_NAME = {case["name"]: case for case in CASES}


# Schedules

def rates(make, epochs, losses=None, rate=0.5):
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=rate)
    scheduler = make(optimizer)
    seen = []
    for epoch in range(epochs):
        seen.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if losses is None:
            scheduler.step()
        else:
            scheduler.step(losses[epoch])
    return seen


def warm(optimizer, epochs, fraction, then):
    first = lr_scheduler.LinearLR(optimizer, start_factor=fraction, end_factor=1.0, total_iters=epochs)
    return lr_scheduler.SequentialLR(optimizer, [first, then(optimizer)], milestones=[epochs])


def schedules():
    losses = [1.0, 0.9, 0.9, 0.9, 0.95, 0.9, 0.91, 0.89995, 0.92, 0.5, 0.5, 0.6, 0.7, 0.5, 0.55, 0.4, 0.41, 0.42, 0.43, 0.44]
    plateau = lambda **k: lambda o: lr_scheduler.ReduceLROnPlateau(o, **k)
    return dict(
        losses=losses,
        step=rates(lambda o: lr_scheduler.StepLR(o, 3, 0.3), 10),
        cosine=rates(lambda o: lr_scheduler.CosineAnnealingLR(o, 10), 10),
        cosineTo=rates(lambda o: lr_scheduler.CosineAnnealingLR(o, 10, eta_min=0.05), 10),
        plateau=rates(plateau(factor=0.2, patience=2), 20, losses),
        plateauFloor=rates(plateau(factor=0.1, patience=0, threshold=0.05, min_lr=0.02), 20, losses),
        warmUpCosine=rates(lambda o: warm(o, 4, 0.1, lambda p: lr_scheduler.CosineAnnealingLR(p, 8)), 12),
        warmUpStep=rates(lambda o: warm(o, 3, 0.25, lambda p: lr_scheduler.StepLR(p, 2, 0.5)), 10),
        warmUp=rates(lambda o: lr_scheduler.LinearLR(o, start_factor=0.2, total_iters=5), 9),
    )


# Training

def network(widths, seed, activation, batch_norm):
    random = SplitMix64(seed)
    layers = []
    for index, (inputs, outputs) in enumerate(zip(widths, widths[1:])):
        dense = nn.Linear(inputs, outputs).double()
        draw = lambda count: torch.tensor(np.array([random.uniform() / inputs**0.5 for _ in range(count)], np.float32))
        with torch.no_grad():
            dense.weight.copy_(draw(outputs * inputs).reshape(outputs, inputs))
            dense.bias.copy_(draw(outputs))
        layers.append(dense)
        if index < len(widths) - 2:
            if batch_norm:
                layers.append(nn.BatchNorm1d(outputs).double())
            layers.append(dict(relu=nn.ReLU, gelu=nn.GELU, tanh=nn.Tanh)[activation]())
    return nn.Sequential(*layers)


def run(data, hidden, activation, batch_norm, optimizer, rate, decay, epochs, seed):
    case = BY_NAME[data]
    x32, y, weights = make_data(case)
    x, target = torch.tensor(x32.astype(np.float64)), torch.tensor(y)
    s = torch.tensor(weights if weights is not None else np.ones(len(y)))
    model = network([case["dimension"]] + hidden + [case["classes"]], seed, activation, batch_norm)
    make = dict(nesterov=lambda p: torch.optim.SGD(p, rate, momentum=0.9, nesterov=True, weight_decay=decay),
                sgd=lambda p: torch.optim.SGD(p, rate, momentum=0.9, weight_decay=decay),
                adam=lambda p: torch.optim.Adam(p, rate, weight_decay=decay),
                adamW=lambda p: torch.optim.AdamW(p, rate, weight_decay=decay))
    step = make[optimizer](model.parameters())
    losses = []
    for _ in range(epochs):
        model.train()
        step.zero_grad()
        loss = (s * nn.functional.cross_entropy(model(x), target, reduction="none")).sum() / s.sum()
        loss.backward()
        step.step()
        losses.append(loss.item())
    model.eval()
    with torch.no_grad():
        probabilities = torch.softmax(model(x[:SHOWN]), dim=1)
    return dict(data=data, hidden=hidden, activation=activation, batchNormalization=batch_norm, optimizer=optimizer,
                rate=rate, decay=decay, epochs=epochs, seed=seed, losses=losses, probabilities=probabilities.tolist())


def runs():
    return [
        run("binary", [7], "relu", False, "nesterov", 0.05, 1e-3, 12, 21),
        run("multiclass", [9, 5], "gelu", False, "adamW", 0.01, 1e-2, 12, 22),
        run("imbalanced", [8], "tanh", False, "adam", 0.02, 1e-3, 12, 23),
        run("multiclass", [10, 6], "relu", True, "sgd", 0.02, 1e-3, 12, 24),
        run("imbalanced", [6], "gelu", True, "adamW", 0.02, 1e-2, 12, 25),
        run("collinear", [8, 4], "tanh", True, "nesterov", 0.02, 0.0, 12, 26),
    ]


# Calibration

class Scores(ClassifierMixin, BaseEstimator):
    """Decides by x @ weight'."""

    def __init__(self, weight=None, classes=None):
        self.weight, self.classes = weight, classes

    def fit(self, x, y):
        return self

    @property
    def classes_(self):
        return np.arange(self.classes)

    def __sklearn_is_fitted__(self):
        return True

    def decision_function(self, x):
        return (x @ self.weight.T).squeeze(-1) if len(self.weight) == 1 else x @ self.weight.T

    def predict(self, x):
        z = self.decision_function(x)
        return (z > 0).astype(int) if z.ndim == 1 else z.argmax(axis=1)


def calibration(data, factor, seed):
    case = BY_NAME[data]
    x32, y, weights = make_data(case)
    x = x32.astype(np.float64)
    k = case["classes"]
    random = SplitMix64(seed)
    outputs = 1 if k == 2 else k
    weight = np.array([[factor * random.uniform() for _ in range(case["dimension"])] for _ in range(outputs)])
    # Scores that know something: the class's mean is added.
    means = np.stack([x[y == c].mean(axis=0) for c in range(k)]) - x.mean(axis=0)
    weight = (weight + factor * (means if outputs > 1 else means[1:])).astype(np.float32).astype(np.float64)
    answers = {}
    for method in ("temperature", "sigmoid"):
        model = CalibratedClassifierCV(FrozenEstimator(Scores(weight, k)), method=method)
        model.fit(x, y, sample_weight=weights)
        answers[method] = model.predict_proba(x[:SHOWN]).tolist()
        if method == "sigmoid":
            answers["predictions"] = model.predict(x).tolist()
    return dict(data=data, weight=weight.tolist(), **answers)


if __name__ == "__main__":
    torch.set_num_threads(1)
    document = dict(versions={"torch": torch.__version__, "scikit-learn": sklearn.__version__},
                    schedules=schedules(), runs=runs(),
                    calibration=[calibration("binary", 0.7, 31), calibration("multiclass", 1.5, 32),
                                 calibration("imbalanced", 0.6, 33), calibration("separable", 3.0, 34)])
    text = json.dumps(json.loads(json.dumps(document), parse_float=lambda t: float(f"{float(t):.12g}")),
                      separators=(",", ":"))
    path = pathlib.Path(__file__).with_name("training.json")
    path.write_text(text + "\n")
    print(path, path.stat().st_size)
