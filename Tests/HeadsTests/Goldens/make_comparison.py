"""Makes comparison.json: what scikit-learn, SciPy and plain definitions answer about predictions, intervals,
tests and folds, on numbers that both sides draw.

    python make_comparison.py     # scikit-learn 1.9.1, SciPy, NumPy; writes comparison.json beside this file

Numbers come from SplitMix64, u = 53 upper bits of an output times 2^-52 minus 1, uniform in [-1, 1).
"""

import itertools
import json
import math
import pathlib
import warnings

import numpy as np
import scipy.optimize
import scipy.stats
import sklearn
from sklearn import metrics
from sklearn.calibration import calibration_curve
from sklearn.model_selection import StratifiedGroupKFold

MASK = (1 << 64) - 1


class SplitMix64:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def uniform(self):
        return (self.next() >> 11) * 2.0**-52 - 1.0

    def below(self, bound):
        """Lemire's method without bias."""
        while True:
            product = self.next() * bound
            if product & MASK >= (1 << 64) % bound:
                return product >> 64


def predictions(seed, n, k, steps):
    """Labels, then K numbers a row in steps of 1 / steps, so that there are ties; the own class gets one more."""
    random = SplitMix64(seed)
    labels = np.array([int((random.uniform() + 1) / 2 * k) for _ in range(n)])
    z = np.array([[math.floor(random.uniform() * steps) / steps for _ in range(k)] for _ in range(n)])
    z[np.arange(n), labels] += 0.75
    e = np.exp(z)
    return labels, z, (e / e.sum(axis=1, keepdims=True)).astype(np.float32)


def calibration_error(confidence, right, edges=None, parts=None):
    """Mean gap, from bins (low, high] or from lists of rows."""
    if parts is None:
        parts = [np.flatnonzero((confidence > low) & (confidence <= high)) for low, high in zip(edges, edges[1:])]
    gaps = [(len(p), abs(confidence[p].mean() - right[p].mean())) for p in parts if len(p)]
    return sum(c * g for c, g in gaps) / len(confidence), max(g for _, g in gaps), [c for c, _ in gaps]


def table(seed, n, k, steps):
    labels, z, p = predictions(seed, n, k, steps)
    predicted = p.argmax(axis=1)
    precision, recall, f1, support = metrics.precision_recall_fscore_support(labels, predicted, zero_division=0)
    wide = p.astype(np.float64)
    confidence, right = wide.max(axis=1), (predicted == labels).astype(float)
    order = np.argsort(confidence, kind="stable")
    masses, start = [], 0
    for m in range(1, 7):
        end = max(start, n * m // 6)
        while start < end < n and confidence[order[end]] == confidence[order[end - 1]]:
            end += 1
        masses.append(order[start:end])
        start = end
    width = calibration_error(confidence, right, edges=np.arange(11) / 10)
    mass = calibration_error(confidence, right, parts=masses)
    share, mean = calibration_curve(right, confidence, n_bins=10, strategy="uniform")
    onehot = np.eye(k)[labels]
    result = dict(
        seed=seed, rows=n, classes=k, steps=steps, precision=precision.tolist(), recall=recall.tolist(),
        f1=f1.tolist(), macroF1=float(metrics.f1_score(labels, predicted, average="macro")),
        balancedAccuracy=float(metrics.balanced_accuracy_score(labels, predicted)),
        brier=float(((wide - onehot) ** 2).sum(axis=1).mean()),
        widthECE=width[0], widthMCE=width[1], widthCounts=width[2], massECE=mass[0], massCounts=mass[2],
        curve=[mean.tolist(), share.tolist()])
    if k == 2:
        margin = z[:, 1] - z[:, 0]
        result["auroc"] = float(metrics.roc_auc_score(labels, margin))
        result["averagePrecision"] = float(metrics.average_precision_score(labels, margin))
        result["halfBrier"] = float(metrics.brier_score_loss(labels, wide[:, 1]))
    else:
        # Normalised again in float64, which scikit-learn insists on; ties stay ties in z, which orders a class.
        one_to_rest = [metrics.roc_auc_score(labels == c, p[:, c]) for c in range(k)]
        result["auroc"] = float(np.mean(one_to_rest))
        result["averagePrecision"] = float(metrics.average_precision_score(onehot, p, average="macro"))
    return result


def bootstrap(seed, n, groups, statistic_name, confidence, method, resamples=400):
    labels, z, p = predictions(5, n, 3, 4)
    predicted = p.argmax(axis=1)
    statistic = {
        "accuracy": lambda rows: float(np.mean(predicted[rows] == labels[rows])),
        "macroF1": lambda rows: float(metrics.f1_score(labels[rows], predicted[rows], average="macro")),
        "value": lambda rows: float(np.mean(z[rows, 0] ** 3)),
    }[statistic_name]
    group_of = np.arange(n) if groups is None else np.arange(n) % groups
    units = [np.flatnonzero(group_of == g) for g in range(group_of.max() + 1)]
    random = SplitMix64(seed)
    draws = [np.concatenate([units[random.below(len(units))] for _ in units]) for _ in range(resamples)]
    distribution = np.array([statistic(rows) for rows in draws])
    # SciPy takes a ready distribution and adds its own interval; its data are the units.
    def of_units(data, axis=-1):
        data = np.moveaxis(np.asarray(data), axis, -1)
        flat = data.reshape(-1, data.shape[-1])
        values = [statistic(np.concatenate([units[int(u)] for u in row])) for row in flat]
        return np.array(values).reshape(data.shape[:-1])
    class Ready:
        bootstrap_distribution = distribution
    result = scipy.stats.bootstrap(
        (np.arange(len(units)),), of_units, n_resamples=0, bootstrap_result=Ready, vectorized=True, axis=-1,
        confidence_level=confidence, method={"bca": "BCa", "percentile": "percentile"}[method])
    return dict(seed=seed, rows=n, groups=groups, statistic=statistic_name, confidence=confidence, method=method,
                resamples=resamples, value=statistic(np.arange(n)), low=float(result.confidence_interval.low),
                high=float(result.confidence_interval.high), standardError=float(result.standard_error))


def paired_score(b, c, n, delta):
    """Score statistic of p12 - p21 = delta; the nuisance share by a root of the likelihood's derivative."""
    if delta < 0:
        return -paired_score(c, b, n, -delta)
    room, same = 1 - delta, n - b - c  # q in 0 ... room / 2, as t from 0 to 1
    slope = lambda t: ((b / (t * room / 2 + delta) if b else 0.0) + (2 * c / (t * room) if c else 0.0)
                       - (2 * same / (room * (1 - t)) if same else 0.0))
    ends = 1e-13, 1 - 1e-13
    if slope(ends[0]) <= 0:
        q = 0.0
    elif slope(ends[1]) >= 0:
        q = room / 2
    else:
        q = room / 2 * scipy.optimize.brentq(slope, *ends, xtol=1e-16, rtol=1e-15)
    variance = n * (2 * q + delta - delta**2)
    return (b - c - n * delta) / math.sqrt(variance)


def paired(b, c, n, confidence, margin):
    z = scipy.stats.norm.ppf(0.5 + confidence / 2)
    d = (b - c) / n
    root = lambda value, low, high: scipy.optimize.brentq(
        lambda delta: paired_score(b, c, n, delta) - value, low, high, xtol=1e-14)
    edge = 1e-9
    high = root(-z, d + edge, 1 - edge) if d < 1 else 1.0
    return [b, c, n, confidence, root(z, -1 + edge, d - edge), high, margin,
            float(scipy.stats.norm.sf(paired_score(b, c, n, -margin))),
            float(scipy.stats.norm.cdf(paired_score(b, c, n, margin)))]


def corrected(seed, folds, k, scale, shift):
    random = SplitMix64(seed)
    differences = np.array([scale * random.uniform() + shift for _ in range(folds)])
    share = 1 / (k - 1)
    error = math.sqrt(differences.var(ddof=1) * (1 / folds + share))
    mean, t = differences.mean(), scipy.stats.t(folds - 1)
    half = t.isf(0.025) * error
    return dict(differences=differences.tolist(), testShare=share, difference=mean, standardError=error,
                p=2 * t.sf(abs(mean) / error), low=mean - half, high=mean + half,
                below=t.sf((mean + 0.01) / error), above=t.cdf((mean - 0.01) / error))


def holm(p):
    """By its definition: the closed test in which a set of hypotheses is rejected by Bonferroni."""
    adjusted = [0.0] * len(p)
    for size in range(1, len(p) + 1):
        for chosen in itertools.combinations(range(len(p)), size):
            value = min(1.0, size * min(p[i] for i in chosen))
            for i in chosen:
                adjusted[i] = max(adjusted[i], value)
    return adjusted


def grouped(seed, rows, groups, classes, k):
    random = SplitMix64(seed)
    group = [random.below(groups) for _ in range(rows)]
    label = [(g * 7 + random.below(2)) % classes if random.below(4) else random.below(classes) for g in group]
    folds = StratifiedGroupKFold(k).split(np.zeros(rows), label, group)
    return dict(seed=seed, rows=rows, groups=groups, classes=classes, k=k,
                folds=[held.tolist() for _, held in folds])


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    document = dict(
        versions={"scikit-learn": sklearn.__version__, "scipy": scipy.__version__, "numpy": np.__version__},
        tables=[table(11, 90, 4, 4), table(12, 60, 2, 4), table(13, 200, 7, 50), table(14, 25, 3, 1)],
        bootstrap=[bootstrap(21, 60, None, "accuracy", 0.95, "percentile"),
                   bootstrap(22, 60, None, "accuracy", 0.9, "bca"), bootstrap(23, 80, None, "macroF1", 0.95, "bca"),
                   bootstrap(24, 80, 16, "macroF1", 0.95, "bca"), bootstrap(25, 40, None, "value", 0.99, "bca"),
                   bootstrap(26, 66, 11, "value", 0.95, "percentile")],
        normal=[[p, float(scipy.stats.norm.ppf(p))] for p in (1e-300, 1e-12, 0.001, 0.025, 0.3, 0.5, 0.6, 0.975,
                                                              0.999999)],
        t=[[v, x, float(scipy.stats.t.sf(x, v)), float(scipy.stats.t.isf(q, v)), q]
           for v, x, q in ((1, 0.5, 0.3), (1, 60.0, 1e-4), (2, -1.5, 0.025), (3, 2.0, 0.4), (9, 0.0, 0.005),
                           (9, 4.0, 0.025), (49, 12.0, 1e-8), (99, 1.0, 0.2), (1000, 3.0, 0.025))],
        paired=[paired(*case) for case in ((5, 9, 100, 0.95, 0.01), (0, 0, 40, 0.95, 0.05), (0, 7, 60, 0.9, 0.02),
                                           (140, 180, 1752, 0.95, 0.01), (30, 31, 5000, 0.95, 0.01),
                                           (12, 0, 12, 0.95, 0.5), (1, 1, 2000, 0.99, 0.01), (1, 0, 1, 0.95, 0.1))],
        corrected=[corrected(31, 10, 10, 0.02, 0.003), corrected(32, 50, 5, 0.01, -0.008), corrected(33, 2, 2, 1, 0)],
        holm=[[p, holm(p)] for p in ([0.04, 0.01, 0.03], [0.5, 0.9], [0.2, 0.001, 0.001, 0.02, 1.0, 0.013])],
        grouped=[grouped(41, 120, 17, 3, 4), grouped(42, 300, 60, 5, 5), grouped(43, 50, 50, 2, 3)],
    )
    path = pathlib.Path(__file__).with_name("comparison.json")
    path.write_text(json.dumps(document, separators=(",", ":")) + "\n")
    print(path, path.stat().st_size)
