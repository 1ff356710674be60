"""Runs exported heads in ONNX Runtime and in scikit-learn, and compares with what Swift answered.

    python check_exports.py [FOLDER]    # onnxruntime, scikit-learn, NumPy; FOLDER: exports beside this file

For every NAME.expected.json there is NAME.onnx, and NAME.json where scikit-learn has such a head. Labels must be
equal, probabilities within 1e-5, decisions within 1e-5 of their size. With the onnx package installed its checker
runs as well.
"""

import json
import pathlib
import sys

import numpy as np
import onnxruntime
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import LabelBinarizer, Normalizer
from sklearn.svm import LinearSVC

try:
    import onnx
except ImportError:
    onnx = None


def close(name, what, found, wanted, tolerance):
    found, wanted = np.asarray(found, np.float64), np.asarray(wanted, np.float64)
    if found.shape != wanted.shape or not (np.abs(found - wanted).max() <= tolerance):
        sys.exit(f"{name}: {what} differ: {found} instead of {wanted}")
    return np.abs(found - wanted).max()


def run_onnx(path, expected):
    if onnx is not None:
        onnx.checker.check_model(onnx.load(path), full_check=True)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    results = dict(zip(names, session.run(None, {"features": np.array(expected["features"], np.float32)})))
    metadata = session.get_modelmeta().custom_metadata_map
    if json.loads(metadata["classes"]) != expected["classes"]:
        sys.exit(f"{path.name}: classes are {metadata['classes']}")
    if ("probabilities" in results) != (expected["probabilities"] is not None):
        sys.exit(f"{path.name}: has outputs {names}")
    scale = np.abs(expected["decision"]).max()
    worst = close(path.name, "decisions", results["decision"], expected["decision"], 1e-5 * scale)
    if expected["probabilities"] is not None:
        worst = close(path.name, "probabilities", results["probabilities"], expected["probabilities"], 1e-5)
    close(path.name, "labels", results["label"], expected["labels"], 0)
    return worst


def estimator(table):
    """A fitted estimator of scikit-learn made from a table of coefficients."""
    classes = np.array(table["classes"])
    if table["estimator"] == "MLPClassifier":
        model = MLPClassifier(activation=table["activation"])
        model.coefs_ = [np.array(layer) for layer in table["coef"]]
        model.intercepts_ = [np.array(layer) for layer in table["intercept"]]
        model.n_layers_ = len(model.coefs_) + 1
        model.n_outputs_ = model.coefs_[-1].shape[1]
        model.out_activation_ = "logistic" if model.n_outputs_ == 1 else "softmax"
        # It decodes labels by its binarizer, whose classes are sorted: indices, here.
        model._label_binarizer = LabelBinarizer().fit(np.arange(len(classes)))
        model.classes_ = model._label_binarizer.classes_
        return model, lambda labels: labels
    model = {"LogisticRegression": LogisticRegression, "LinearSVC": LinearSVC}[table["estimator"]]()
    model.coef_, model.intercept_ = np.array(table["coef"]), np.array(table["intercept"])
    model.classes_ = classes
    index = {name: position for position, name in enumerate(table["classes"])}
    return model, lambda labels: np.array([index[label] for label in labels])


def run_sklearn(path, expected):
    table = json.loads(path.read_text())
    model, decode = estimator(table)
    x = np.array(expected["features"])
    if table["normalization"] == "l2":
        x = Normalizer().fit_transform(x)
    if "calibration" in table:  # what it makes of the decision is the reader's business
        return close(path.name, "decisions", model.decision_function(x).reshape(len(x), -1), expected["decision"],
                     1e-5 * np.abs(expected["decision"]).max())
    close(path.name, "labels", decode(model.predict(x)), expected["labels"], 0)
    if table["estimator"] == "LinearSVC":
        return close(path.name, "decisions", model.decision_function(x).reshape(len(x), -1), expected["decision"],
                     1e-5 * np.abs(expected["decision"]).max())
    return close(path.name, "probabilities", model.predict_proba(x), expected["probabilities"], 1e-5)


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).with_name("exports")
    names = sorted(path.name.removesuffix(".expected.json") for path in folder.glob("*.expected.json"))
    if not names:
        sys.exit(f"{folder}: has no NAME.expected.json")
    for name in names:
        expected = json.loads((folder / f"{name}.expected.json").read_text())
        line = f"{name:12} onnx {run_onnx(folder / f'{name}.onnx', expected):.1e}"
        table = folder / f"{name}.json"
        if table.exists():
            line += f"  scikit-learn {run_sklearn(table, expected):.1e}"
        print(line)
