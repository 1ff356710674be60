"""Makes crammer_singer.json: scikit-learn's LinearSVC(multi_class="crammer_singer") on the data of make_heads.py.

    python make_crammer_singer.py        # writes crammer_singer.json beside this file
"""

import json
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from make_heads import CASES, make_data


def objective(x, y, s, w, b, c, scaling):
    """liblinear's primal objective in float64. Of two classes there is the difference of two opposite vectors."""
    if w.shape[0] == 1:
        w, b = np.vstack([-w / 2, w / 2]), np.concatenate([-b / 2, b / 2])
    z = x @ w.T + b
    own = z[np.arange(len(y)), y].copy()
    z[np.arange(len(y)), y] = -np.inf
    hinge = np.maximum(0, 1 + z.max(axis=1) - own)
    return ((w**2).sum() + ((b / scaling) ** 2).sum()) / 2 + c * (s @ hinge)


def fit(x, y, s, c, scaling, intercept):
    model = LinearSVC(multi_class="crammer_singer", C=c, tol=1e-10, max_iter=1_000_000, intercept_scaling=scaling,
                      fit_intercept=intercept, random_state=0)
    model.fit(x, y, sample_weight=s)
    b = model.intercept_ if intercept else np.zeros(model.coef_.shape[0])
    return dict(c=c, interceptScaling=scaling, intercept=intercept,
                objective=objective(x, y, s, model.coef_, b, c, scaling),
                decision=np.ravel(model.decision_function(x[:12])).tolist())


def golden(case):
    x, y, weights = make_data(case)
    x = StandardScaler().fit_transform(x.astype(np.float64))
    s = np.ones(len(y)) if weights is None else weights
    return dict(name=case["name"], fits=[
        fit(x, y, s, 0.01, 1.0, True), fit(x, y, s, 1.0, 2.0, True), fit(x, y, s, 0.1, 1.0, False)])


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    document = dict(versions={"scikit-learn": sklearn.__version__}, cases=[golden(case) for case in CASES])
    path = pathlib.Path(__file__).with_name("crammer_singer.json")
    path.write_text(json.dumps(document, separators=(",", ":")) + "\n")
    print(path, path.stat().st_size)
