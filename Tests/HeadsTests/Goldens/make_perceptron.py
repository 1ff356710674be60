"""Makes perceptron.json: how PyTorch's optimizers move a network's weights, step by step, in float64.

    python make_perceptron.py      # PyTorch, NumPy; writes perceptron.json beside this file

Data are make_heads.py's cases, not standardised. A network's weights start with SplitMix64 of seed 31: layer by layer,
outputs x inputs numbers row by row and then the biases, each uniform in [-1, 1) divided by the square root of the
inputs, rounded to float32. A step sees all rows at once, so that their order does not matter; its loss is
sum_i s_i loss_i / sum_i s_i, where s_i is the row's weight times its class's.
"""

import json
import pathlib

import numpy as np
import torch

from make_heads import CASES, SplitMix64, effective_weights, make_data

RUNS = [
    dict(name="sgd", data="multiclass", hidden=[7], rate=0.1, decay=1e-2, epochs=30, schedule="constant"),
    dict(name="sgd", data="imbalanced", hidden=[9, 5], rate=0.2, decay=0.0, epochs=40, schedule="step", balanced=True,
         layerRates=[0.5, 1.0, 0.0]),
    dict(name="adam", data="imbalanced", hidden=[9, 5], rate=2e-2, decay=1e-2, epochs=40, schedule="step"),
    dict(name="adam", data="multiclass", hidden=[], rate=5e-2, decay=1e-3, epochs=40, schedule="cosine"),
    dict(name="adamW", data="multiclass", hidden=[7, 6], rate=2e-2, decay=0.3, epochs=40, schedule="cosine",
         layerRates=[1.0, 0.25, 2.0]),
    dict(name="adamW", data="binary", hidden=[11], rate=1e-2, decay=1e-2, epochs=25, schedule="constant"),
]


def make_network(d, hidden, classes):
    random = SplitMix64(31)
    layers = []
    widths = [d, *hidden, classes]
    for inputs, outputs in zip(widths, widths[1:]):
        draw = lambda count: [float(np.float32(random.uniform() / inputs**0.5)) for _ in range(count)]
        linear = torch.nn.Linear(inputs, outputs, dtype=torch.float64)
        with torch.no_grad():
            linear.weight.copy_(torch.tensor(draw(inputs * outputs)).reshape(outputs, inputs))
            linear.bias.copy_(torch.tensor(draw(outputs)))
        layers += [linear, torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


def train(run):
    case = next(c for c in CASES if c["name"] == run["data"])
    x, y, weights = make_data(case)
    s = torch.tensor(effective_weights(y, weights, "balanced" if run.get("balanced") else None))
    x, y = torch.tensor(x, dtype=torch.float64), torch.tensor(y)
    network = make_network(x.shape[1], run["hidden"], case["classes"])
    linears = [m for m in network if isinstance(m, torch.nn.Linear)]
    factors = run.get("layerRates") or [1.0] * len(linears)
    groups = [dict(params=list(l.parameters()), lr=run["rate"] * f) for l, f in zip(linears, factors)]
    if run["name"] == "sgd":
        optimizer = torch.optim.SGD(groups, lr=run["rate"], momentum=0.9, weight_decay=run["decay"])
    else:
        kind = torch.optim.Adam if run["name"] == "adam" else torch.optim.AdamW
        optimizer = kind(groups, lr=run["rate"], weight_decay=run["decay"])
    schedule = dict(
        constant=lambda: torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1.0),
        step=lambda: torch.optim.lr_scheduler.StepLR(optimizer, step_size=10, gamma=0.5),
        cosine=lambda: torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=run["epochs"]))[run["schedule"]]()
    losses = []
    for _ in range(run["epochs"]):
        optimizer.zero_grad()
        loss = (s * torch.nn.functional.cross_entropy(network(x), y, reduction="none")).sum() / s.sum()
        loss.backward()
        losses.append(loss.item())
        optimizer.step()
        schedule.step()
    tensors = [t for l in linears for t in (l.weight, l.bias)]
    return dict(run, losses=losses, weights=[[round(v, 9) for v in t.detach().ravel().tolist()] for t in tensors])


if __name__ == "__main__":
    document = dict(versions=dict(torch=torch.__version__), runs=[train(run) for run in RUNS])
    path = pathlib.Path(__file__).with_name("perceptron.json")
    path.write_text(json.dumps(document, separators=(",", ":")) + "\n")
    print(path, path.stat().st_size)
