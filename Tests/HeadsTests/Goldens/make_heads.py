"""Makes heads.json: what scikit-learn and SciPy answer on data that both sides generate.

    python make_heads.py        # scikit-learn 1.9.1, SciPy, NumPy; writes heads.json beside this file

The data of a case come from SplitMix64 and are not stored. For seed s, uniform numbers u in [-1, 1) are drawn
in this order (53 upper bits of each output, times 2^-52, minus 1):
  centers  K x latent, times `spread`
  loadings latent x d
  then row by row: the class is i mod K, or by `shares` (cumulative, against (u + 1) / 2);
    a latent vector = center of the class + latent uniforms;
    features = latent vector @ loadings, summed in order in float64, plus `noise` times d uniforms, plus offset;
    each is rounded to float32.
Row weights, where a case has them: w_i = 0.5 + (i mod 4) / 2.
"""

import json
import pathlib
import warnings

import numpy as np
import scipy.stats
import sklearn
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.utils.class_weight import compute_class_weight

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


def make_data(case):
    random = SplitMix64(case["seed"])
    n, d, k, latent = case["rows"], case["dimension"], case["classes"], case["latent"]
    draw = lambda count: [random.uniform() for _ in range(count)]
    centers = [[case["spread"] * u for u in draw(latent)] for _ in range(k)]
    loadings = [draw(d) for _ in range(latent)]
    x = np.zeros((n, d), np.float32)
    y = np.zeros(n, np.int64)
    for i in range(n):
        if case["shares"]:
            u = (random.uniform() + 1) / 2
            y[i] = next(c for c in range(k) if u < case["shares"][c] or c == k - 1)
        else:
            y[i] = i % k
        z = [centers[y[i]][l] + u for l, u in enumerate(draw(latent))]
        noise = draw(d)
        for j in range(d):
            total = 0.0
            for l in range(latent):
                total += z[l] * loadings[l][j]
            x[i, j] = np.float32(total + case["noise"] * noise[j] + case["offset"])
    weights = np.array([0.5 + (i % 4) / 2 for i in range(n)]) if case["weighted"] else None
    return x, y, weights


CASES = [
    dict(name="binary", seed=1, rows=120, dimension=8, classes=2, latent=5, spread=0.6, noise=0.5, offset=0.0),
    dict(name="multiclass", seed=2, rows=200, dimension=12, classes=4, latent=6, spread=1.0, noise=0.7, offset=0.5),
    dict(name="collinear", seed=3, rows=150, dimension=20, classes=3, latent=3, spread=1.0, noise=0.0, offset=1.0),
    dict(name="imbalanced", seed=4, rows=240, dimension=10, classes=3, latent=5, spread=0.8, noise=0.6, offset=0.0,
         shares=[0.8, 0.93, 1.0], weighted=True),
    dict(name="wide", seed=5, rows=40, dimension=90, classes=3, latent=8, spread=1.0, noise=0.4, offset=0.0),
    dict(name="separable", seed=6, rows=90, dimension=6, classes=3, latent=4, spread=6.0, noise=0.1, offset=0.0),
]
for case in CASES:
    case.setdefault("shares", None)
    case.setdefault("weighted", False)


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def logistic_objective(x, y, s, w, b, c):
    """scikit-learn's, in float64; w is K x d, or 1 x d for two classes."""
    z = x @ w.T + b
    if w.shape[0] == 1:
        losses = np.logaddexp(0, z[:, 0]) - y * z[:, 0]
    else:
        m = z.max(axis=1)
        losses = m + np.log(np.exp(z - m[:, None]).sum(axis=1)) - z[np.arange(len(y)), y]
    return (s @ losses) / s.sum() + (w**2).sum() / (2 * c * s.sum())


def svm_objective(x, y, s, w, b, c, squared, scaling):
    """Sum over the one-vs-rest problems of liblinear's primal objective."""
    total = 0.0
    for k in range(w.shape[0]):
        sign = np.where(y == (1 if w.shape[0] == 1 else k), 1.0, -1.0)
        hinge = np.maximum(0, 1 - sign * (x @ w[k] + b[k]))
        norm = w[k] @ w[k] + (b[k] / scaling) ** 2
        total += norm / 2 + c * (s @ (hinge**2 if squared else hinge))
    return total


def effective_weights(y, weights, class_weight):
    s = np.ones(len(y)) if weights is None else weights.copy()
    if class_weight == "balanced":
        per_class = compute_class_weight("balanced", classes=np.unique(y), y=y, sample_weight=weights)
        s = s * per_class[y]
    return s


def logistic(x, y, weights, c, class_weight, intercept):
    model = LogisticRegression(C=c, tol=1e-12, max_iter=100000, solver="lbfgs", class_weight=class_weight,
                               fit_intercept=intercept)
    model.fit(x, y, sample_weight=weights)
    newton = LogisticRegression(C=c, tol=1e-12, max_iter=1000, solver="newton-cholesky",
                                class_weight=class_weight, fit_intercept=intercept)
    newton.fit(x, y, sample_weight=weights)
    s = effective_weights(y, weights, class_weight)
    value = lambda m: logistic_objective(x, y, s, m.coef_, m.intercept_, c)
    best = min((model, newton), key=value)
    return dict(objective=value(best), probabilities=best.predict_proba(x)[:12].tolist(), c=c,
                balanced=class_weight == "balanced", intercept=intercept)


def svm(x, y, weights, c, loss, class_weight, scaling, intercept):
    # The dual solver for both losses; the primal one exists for the squared hinge only.
    s = effective_weights(y, weights, class_weight)
    best = None
    for dual in (True, False) if loss == "squared_hinge" else (True,):
        model = LinearSVC(C=c, loss=loss, dual=dual, tol=1e-10, max_iter=2_000_000, intercept_scaling=scaling,
                          fit_intercept=intercept, random_state=0)
        # Row weights that contain the class weights: liblinear itself weights only the positive class of each
        # one-vs-rest problem.
        model.fit(x, y, sample_weight=s)
        b = model.intercept_ if intercept else np.zeros(model.coef_.shape[0])
        value = svm_objective(x, y, s, model.coef_, b, c, loss == "squared_hinge", scaling)
        if best is None or value < best["objective"]:
            best = dict(objective=value, decision=np.ravel(model.decision_function(x[:12])).tolist(), c=c,
                        loss=loss, balanced=class_weight == "balanced", interceptScaling=scaling,
                        intercept=intercept)
    return best


def golden(case):
    x32, y, weights = make_data(case)
    x = x32.astype(np.float64)
    scaler = StandardScaler().fit(x)
    scaled = scaler.transform(x)
    result = dict(case)
    result["counts"] = np.bincount(y).tolist()
    result["checksum"] = float(np.abs(x).sum())
    result["mean"] = scaler.mean_.tolist()
    result["scale"] = scaler.scale_.tolist()
    balanced = "balanced" if case["name"] == "imbalanced" else None
    result["logistic"] = [
        logistic(scaled, y, weights, 0.01, None, True),
        logistic(scaled, y, weights, 1.0, balanced, True),
        logistic(scaled, y, weights, 100.0, None, True),
        logistic(scaled, y, weights, 1.0, None, False),
    ]
    result["logisticUnscaled"] = [logistic(x, y, weights, 1.0, None, True)]
    result["svm"] = [
        svm(scaled, y, weights, 0.01, "squared_hinge", None, 1.0, True),
        svm(scaled, y, weights, 1.0, "squared_hinge", balanced, 2.0, True),
        svm(scaled, y, weights, 0.01, "hinge", None, 1.0, True),
        svm(scaled, y, weights, 0.1, "hinge", None, 1.0, False),
    ]
    return result


def metrics():
    random = SplitMix64(77)
    n, k = 60, 4
    labels = np.array([int((random.uniform() + 1) / 2 * k) for _ in range(n)])
    scores = np.array([[random.uniform() * 3 for _ in range(k)] for _ in range(n)])
    p = softmax(scores).astype(np.float32)
    wilson = [(s, t, c) for s, t in ((0, 10), (3, 10), (10, 10), (1462, 1752), (1, 1)) for c in (0.9, 0.95, 0.999)]
    mcnemar = [(0, 0), (0, 1), (5, 5), (2, 9), (10, 30), (140, 180), (0, 60), (1200, 1300), (3000, 5200)]
    return dict(
        seed=77, rows=n, classes=k,
        logLoss=float(log_loss(labels, p, labels=list(range(k)))),
        wilson=[[s, t, c, *map(float, scipy.stats.binomtest(s, t).proportion_ci(c, method="wilson"))]
                for s, t, c in wilson],
        mcnemar=[[a, b, float(scipy.stats.binomtest(a, a + b, 0.5).pvalue) if a + b else 1.0] for a, b in mcnemar],
    )


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    document = dict(
        versions={"scikit-learn": sklearn.__version__, "scipy": scipy.__version__, "numpy": np.__version__},
        cases=[golden(case) for case in CASES], metrics=metrics())
    path = pathlib.Path(__file__).with_name("heads.json")
    path.write_text(json.dumps(document, separators=(",", ":")) + "\n")
    print(path, path.stat().st_size)
