#!/usr/bin/env python3
"""Fits heads with other libraries, for `permafrost bench heads --peers PYTHON`.

    peer_heads.py check                   {"scikit-learn": VERSION or null, "pytorch": ...}: which peers are there
    peer_heads.py serve --engine ENGINE --task TASK --folder DIR --rows N --test-rows N --dimension D --classes K
        --threads T [--c C ...] [--tolerances T ...] [--batch B --hidden H --epochs E --alpha A]
                                          answers commands, see below

DIR holds rows.f32 (N rows and then the test rows, raw float32) and labels.i64 (the same, raw int64).

Tasks and engines: logistic, path (LogisticRegression, lbfgs; path fits each --c once), svm (LinearSVC, squared hinge,
primal or dual, whichever is faster) with scikit-learn; mlp with scikit-learn (MLPClassifier) or pytorch (an eager loop).
`serve` writes one line of JSON when it is ready, and one for each line that it reads:

    objective I FILE     {"sum": the objective of --c number I at FILE: float64 weights, K x D, and then K intercepts},
                         in float64, whoever found them: C sum_i loss_i + |W|^2 / 2, with the intercept penalised for svm
    calibrate T ...      looks for each --c the first of --tolerances that meets the objective T, and of several ways to
                         fit the fastest; {"setup": what was chosen, "sum": the largest relative excess over T}
    run                  {"milliseconds": [TIME], "sum": accuracy on the test rows}; mlp: a time an epoch
    the end of the input: it ends.
"""
import argparse
import contextlib
import importlib
import json
import os
import pathlib
import sys
import time
import warnings

PACKAGES = {"scikit-learn": ["sklearn", "numpy"], "pytorch": ["torch", "numpy"]}
TOLERANCES = [10 ** (-power / 2) for power in range(2, 17)]  # 0.1 down to 1e-8


class Data:
    def __init__(self, options):
        import numpy
        rows = numpy.fromfile(pathlib.Path(options.folder) / "rows.f32", numpy.float32).reshape(-1, options.dimension)
        labels = numpy.fromfile(pathlib.Path(options.folder) / "labels.i64", numpy.int64)
        self.x, self.test_x = rows[:options.rows], rows[options.rows:options.rows + options.test_rows]
        self.y, self.test_y = labels[:options.rows], labels[options.rows:options.rows + options.test_rows]
        self.classes = options.classes

    def scores(self, weights, intercepts):
        """In float64, a few rows at a time."""
        for first in range(0, len(self.x), 1024):
            rows = slice(first, first + 1024)
            yield self.y[rows], self.x[rows].astype("float64") @ weights.T + intercepts

    def objective(self, task, c, weights, intercepts):
        import numpy
        loss, penalty = 0.0, (weights ** 2).sum() / 2
        for labels, scores in self.scores(weights, intercepts):
            if task == "svm":
                signs = numpy.where(labels[:, None] == numpy.arange(self.classes), 1.0, -1.0)
                loss += (numpy.maximum(0, 1 - signs * scores) ** 2).sum()
            else:
                largest = scores.max(axis=1)
                logarithm = numpy.log(numpy.exp(scores - largest[:, None]).sum(axis=1)) + largest
                loss += (logarithm - scores[numpy.arange(len(labels)), labels]).sum()
        if task == "svm":
            penalty += (intercepts ** 2).sum() / 2
        return float(c * loss + penalty)


class Linear:
    """Logistic regression and linear SVM of scikit-learn."""

    def __init__(self, options, data):
        self.task, self.data, self.cs = options.task, data, options.c
        self.tolerances = options.tolerances
        self.settings = [dict(self.ways()[0]) for _ in self.cs]

    def ways(self):
        return [{"dual": False}, {"dual": True}] if self.task == "svm" else [{"solver": "lbfgs"}]

    def fit(self, c, settings):
        from sklearn.linear_model import LogisticRegression
        from sklearn.svm import LinearSVC
        kind = LinearSVC if self.task == "svm" else LogisticRegression
        model = kind(C=c, **{"max_iter": 10_000, **settings})
        start = time.perf_counter()
        model.fit(self.data.x, self.data.y)
        return time.perf_counter() - start, model

    def excess(self, c, model, target):
        import numpy
        value = self.data.objective(
            self.task, c, model.coef_.astype(numpy.float64), model.intercept_.astype(numpy.float64))
        return value / target - 1

    def calibrate(self, targets):
        worst, chosen = float("-inf"), []
        for index, (c, target) in enumerate(zip(self.cs, targets)):
            best = None  # whether it falls short, the time where it does not and else the excess
            for way in self.ways():
                for tolerance in self.tolerances:
                    settings = {**way, "tol": tolerance}
                    if best is not None and not best[0]:
                        # Another way has got there already; this one may take no longer than a few times as much.
                        settings["max_iter"] = self.most_iterations(best[1])
                    seconds, model = self.fit(c, settings)
                    excess = self.excess(c, model, target)
                    rank = (excess > 0, seconds if excess <= 0 else excess)
                    if best is None or rank < best[:2]:
                        best = (*rank, excess, {**way, "tol": tolerance})
                    if excess <= 0 or (not best[0] and seconds > best[1]):
                        break
            self.settings[index] = best[3]
            worst = max(worst, best[2])
            chosen.append(", ".join(
                f"{name}={value:.2g}" if isinstance(value, float) else f"{name}={value}"
                for name, value in best[3].items()))
        return "; ".join(chosen), worst

    def most_iterations(self, seconds):
        """So many passes of liblinear's dual solver as take about so long for all classes."""
        passes = seconds * 4 / (self.data.classes * self.data.x.size * 3e-9)
        return max(20, min(10_000, int(passes)))

    def run(self):
        total = 0.0
        for c, settings in zip(self.cs, self.settings):
            seconds, model = self.fit(c, settings)
            total += seconds
        return total, float((model.predict(self.data.test_x) == self.data.test_y).mean())


class SklearnPerceptron:
    def __init__(self, options, data):
        self.options, self.data = options, data

    def calibrate(self, _):
        return f"Adam, batch {self.options.batch}", 0.0

    def run(self):
        from sklearn.neural_network import MLPClassifier
        options = self.options
        model = MLPClassifier(
            (options.hidden,), batch_size=options.batch, max_iter=options.epochs, tol=0, alpha=options.alpha,
            n_iter_no_change=options.epochs + 1, random_state=0)
        start = time.perf_counter()
        model.fit(self.data.x, self.data.y)
        seconds = time.perf_counter() - start
        return seconds / options.epochs, float((model.predict(self.data.test_x) == self.data.test_y).mean())


class TorchPerceptron:
    def __init__(self, options, data):
        import torch
        torch.set_num_threads(options.threads)
        self.torch, self.options = torch, options
        self.x, self.y = torch.from_numpy(data.x), torch.from_numpy(data.y)
        self.test_x, self.test_y = torch.from_numpy(data.test_x), torch.from_numpy(data.test_y)
        self.ways = [{"fused": True}, {"foreach": True}, {"foreach": False}]
        self.way = self.ways[0]

    def calibrate(self, _):
        times = []
        for way in self.ways:
            self.way = way
            with contextlib.suppress(RuntimeError):  # older versions have no fused Adam for processors
                self.run()
                times.append((self.run()[0], way))
        self.way = min(times, key=lambda pair: pair[0])[1]
        return "Adam " + ", ".join(f"{name}={value}" for name, value in self.way.items()), 0.0

    def run(self):
        torch, options = self.torch, self.options
        torch.manual_seed(0)
        model = torch.nn.Sequential(
            torch.nn.Linear(self.x.shape[1], options.hidden), torch.nn.ReLU(),
            torch.nn.Linear(options.hidden, options.classes))
        optimizer = torch.optim.Adam(model.parameters(), weight_decay=options.alpha, **self.way)
        loss = torch.nn.CrossEntropyLoss()
        start = time.perf_counter()
        for _ in range(options.epochs):
            order = torch.randperm(len(self.x))
            for first in range(0, len(order), options.batch):
                rows = order[first:first + options.batch]
                optimizer.zero_grad()
                loss(model(self.x[rows]), self.y[rows]).backward()
                optimizer.step()
        seconds = time.perf_counter() - start
        with torch.no_grad():
            right = (model(self.test_x).argmax(1) == self.test_y).float().mean()
        return seconds / options.epochs, float(right)


def version(engine):
    """Of the engine's package; None where one that it needs is missing."""
    try:
        return [importlib.import_module(name).__version__ for name in PACKAGES[engine]][0]
    except ImportError:
        return None


def serve(options):
    # Libraries may print; only answers go to the real standard output.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    warnings.filterwarnings("ignore")  # of fits that are meant to end early

    def answer(**values):
        print(json.dumps(values), file=answers, flush=True)

    try:
        data = Data(options)
        if options.task != "mlp":
            peer = Linear(options, data)
        else:
            peer = (TorchPerceptron if options.engine == "pytorch" else SklearnPerceptron)(options, data)
        answer(ready=True, version=version(options.engine))
        for line in sys.stdin:
            command, *arguments = line.split()
            if command == "objective":
                import numpy
                index, values = int(arguments[0]), numpy.fromfile(arguments[1], numpy.float64)
                size = options.classes * options.dimension
                answer(sum=data.objective(
                    options.task, options.c[index], values[:size].reshape(options.classes, -1), values[size:]))
            elif command == "calibrate":
                setup, excess = peer.calibrate([float(target) for target in arguments])
                answer(setup=setup, sum=excess)
            else:
                seconds, accuracy = peer.run()
                answer(milliseconds=[seconds * 1e3], sum=accuracy)
    except Exception as error:  # noqa: BLE001: whatever a library throws
        answer(error=" ".join(f"{type(error).__name__}: {error}".split())[:500])
        sys.exit(1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["check", "serve"])
    parser.add_argument("--engine", choices=PACKAGES)
    parser.add_argument("--task", choices=["logistic", "path", "svm", "mlp"])
    parser.add_argument("--folder")
    for option in ("--rows", "--test-rows", "--dimension", "--classes", "--threads", "--batch", "--hidden", "--epochs"):
        parser.add_argument(option, type=int, default=1)
    parser.add_argument("--alpha", type=float, default=1e-4)
    parser.add_argument("--c", type=float, nargs="+", default=[1.0])
    parser.add_argument("--tolerances", type=float, nargs="+", default=TOLERANCES)
    options = parser.parse_args()
    if options.command == "check":
        print(json.dumps({engine: version(engine) for engine in PACKAGES}))
        return
    if not all((options.engine, options.task, options.folder)):
        parser.error("serve needs --engine, --task and --folder")
    # Before NumPy and its libraries start their threads.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(options.threads)
    serve(options)


if __name__ == "__main__":
    main()
