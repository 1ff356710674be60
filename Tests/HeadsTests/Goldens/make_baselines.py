"""Makes baselines.json: what scikit-learn's heads without iterations answer on the data of make_heads.py.

    python make_baselines.py    # scikit-learn 1.9.1, NumPy; writes baselines.json beside this file

Decisions and probabilities are of the first 12 rows; k-NN predicts the first 12 of every fifth row
by the votes of the others.
"""

import json
import pathlib

import numpy as np
import sklearn
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import RidgeClassifier
from sklearn.neighbors import KNeighborsClassifier, NearestCentroid
from sklearn.preprocessing import Normalizer, StandardScaler

from make_heads import CASES, effective_weights, make_data

SHOWN = 12


def ridge(x, y, weights, alpha, balanced, intercept):
    s = effective_weights(y, weights, "balanced" if balanced else None)
    model = RidgeClassifier(alpha=alpha, fit_intercept=intercept, solver="svd").fit(x, y, sample_weight=s)
    coef = np.atleast_2d(model.coef_)
    bias = np.broadcast_to(np.atleast_1d(model.intercept_), len(coef))
    target = np.where(y[:, None] == ([1] if len(coef) == 1 else np.arange(len(coef))), 1.0, -1.0)
    residual = target - x @ coef.T - bias
    return dict(alpha=alpha, balanced=balanced, intercept=intercept,
                objective=float(s @ (residual**2).sum(axis=1) + alpha * (coef**2).sum()),
                decision=np.ravel(model.decision_function(x[:SHOWN])).tolist())


def class_mean(x, y, weights, metric):
    """The peer takes no row weights: its class means are replaced by weighted ones where there are some."""
    if metric == "cosine":
        x = Normalizer().fit_transform(x)
    model = NearestCentroid().fit(x, y)
    if weights is not None:
        model.centroids_ = np.stack([np.average(x[y == k], axis=0, weights=weights[y == k]) for k in np.unique(y)])
        model.true_classes_ = np.unique(y)
    means = model.centroids_
    if metric == "cosine":
        scores = x @ (means / np.linalg.norm(means, axis=1, keepdims=True)).T
        predictions = scores.argmax(axis=1)
    else:
        scores = x @ means.T - (means**2).sum(axis=1) / 2
        predictions = model.predict(x)
    decision = scores[:, 1] - scores[:, 0] if len(means) == 2 else scores
    return dict(metric=metric, predictions=predictions.tolist(), decision=np.ravel(decision[:SHOWN]).tolist())


def lda(x, y, shrinkage, weights=None, balanced=False):
    """Weights are multiples of 1/2: the peer sees every row twice its weight times."""
    k = len(np.unique(y))
    shown = x[:SHOWN]
    if weights is not None:
        times = np.rint(2 * weights).astype(int)
        x, y = np.repeat(x, times, axis=0), np.repeat(y, times)
    model = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=shrinkage,
                                       priors=np.full(k, 1 / k) if balanced else None).fit(x, y)
    return dict(shrinkage=shrinkage if shrinkage is not None else "none", weighted=weights is not None,
                balanced=balanced, probabilities=model.predict_proba(shown).tolist())


def neighbors(x, y, k, metric, voting):
    votes = np.arange(len(x)) % 5 > 0
    voters, queries = x[votes], x[~votes][:8]
    weights = (lambda d: np.exp((1 - d) / 0.07)) if voting == "similarity" else voting
    model = KNeighborsClassifier(k, metric=metric, weights=weights, algorithm="brute").fit(voters, y[votes])
    distances, rows = model.kneighbors(queries)
    probabilities = np.zeros((len(queries), y.max() + 1))
    probabilities[:, model.classes_] = model.predict_proba(queries)
    return dict(k=k, metric=metric, voting=voting, probabilities=probabilities.tolist(), rows=rows.tolist(),
                distances=distances.tolist())


def golden(case):
    x32, y, weights = make_data(case)
    x = x32.astype(np.float64)
    scaled = StandardScaler().fit_transform(x)
    name = case["name"]
    result = dict(name=name)
    result["ridge"] = [ridge(scaled, y, weights, 1.0, False, True), ridge(scaled, y, weights, 0.01, True, True),
                       ridge(scaled, y, weights, 300.0, False, True), ridge(scaled, y, weights, 1.0, False, False)]
    result["classMean"] = [class_mean(scaled, y, weights, "euclidean"), class_mean(x, y, weights, "cosine")]
    result["lda"] = [lda(scaled, y, "auto"), lda(scaled, y, 0.25), lda(scaled, y, "auto", balanced=True)]
    if name not in ("collinear", "wide"):  # there the covariance is singular but for rounding
        result["lda"].append(lda(scaled, y, None))
    if weights is not None:
        result["lda"] += [lda(scaled, y, s, weights) for s in (None, 0.25)]
    result["neighbors"] = [neighbors(x, y, 5, "euclidean", "uniform"), neighbors(x, y, 7, "euclidean", "distance"),
                           neighbors(x, y, 5, "cosine", "distance"), neighbors(x, y, 10, "cosine", "similarity")]
    return result


if __name__ == "__main__":
    document = dict(versions={"scikit-learn": sklearn.__version__, "numpy": np.__version__},
                    cases=[golden(case) for case in CASES])
    text = json.dumps(json.loads(json.dumps(document), parse_float=lambda t: float(f"{float(t):.12g}")),
                      separators=(",", ":"))
    path = pathlib.Path(__file__).with_name("baselines.json")
    path.write_text(text + "\n")
    print(path, path.stat().st_size)
