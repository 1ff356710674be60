#!/usr/bin/env python3
"""Writes names.json and network-*.json beside itself, from torchvision's own models. Needs torch and torchvision.

    python3 make_networks.py            everything
    python3 make_networks.py names      names.json alone

names.json    every node and every weight of every network of the families below, at 224 x 224:
              {"resnet18": {"nodes": [[name, kind, shape], ...], "weights": [[name, shape], ...], "parameters": n}, ...}
network-*     what each node of six networks computes with `seed:0` weights on a fixed input; see `golden`.

Names of nodes. A module has its module path, down to modules of torch.nn itself (torchvision's own tracer stops at
building blocks such as Conv2dNormActivation; here they are opened). Calls of functions, and the second and later
calls of one module, have torchvision's FX name with _1, _2, ... counted within their scope. Nodes without a tensor
value are left out. The input is `input`. Kinds are the torch.nn class, or the function's name. Shapes are without
the batch. Weights are the state dict without `num_batches_tracked`, in its order; `parameters` counts the elements
that are trained, as published.
"""
import json
import pathlib
import sys

import numpy
import torch


def declare_detection_operators():
    """torchvision's binary extension must match PyTorch's build; where it does not load, its Python half still asks
    for the names of the detection operators on import. No classifier calls them, so bare declarations will do."""
    library = torch.library.Library("torchvision", "DEF")
    for name in ("nms", "qnms", "roi_align", "roi_pool", "ps_roi_align", "ps_roi_pool", "deform_conv2d"):
        for prefix, suffix in (("", ""), ("_", "_backward")):
            library.define(f"{prefix}{name}{suffix}(Tensor x) -> Tensor")
    return library


try:
    import torchvision
except RuntimeError:
    for loaded in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        del sys.modules[loaded]
    operators = declare_detection_operators()  # they vanish with this object
    import torchvision

from torchvision.models.feature_extraction import NodePathTracer  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
FAMILIES = """
    alexnet
    vgg11 vgg11_bn vgg13 vgg13_bn vgg16 vgg16_bn vgg19 vgg19_bn
    resnet18 resnet34 resnet50 resnet101 resnet152
    squeezenet1_0 squeezenet1_1
    mobilenet_v2
""".split()
GOLDENS = "alexnet vgg11_bn resnet18 resnet50 squeezenet1_1 mobilenet_v2".split()
SIDE = 224


class Tracer(NodePathTracer):
    """torchvision's naming, with PyTorch's own rule for what is a leaf."""

    def is_leaf_module(self, module, qualified_name):
        return torch.fx.Tracer.is_leaf_module(self, module, qualified_name)


class Walk(torch.fx.Interpreter):
    """Runs a traced network and hands each node's value over the moment it exists: the next node may be an in-place
    ReLU, which overwrites it."""

    def __init__(self, model, visit):
        tracer = Tracer()
        graph = tracer.trace(model)
        super().__init__(torch.fx.GraphModule(model, graph))
        self.names = {node.name: name for node, name in tracer.node_to_qualname.items()}
        self.visit = visit

    def run_node(self, node):
        value = super().run_node(node)
        if node.op != "output" and isinstance(value, torch.Tensor):
            name = "input" if node.op == "placeholder" else self.names[node.name]
            self.visit(name, self.kind(node), value.detach().clone())
        return value

    def kind(self, node):
        if node.op == "placeholder":
            return "input"
        if node.op == "call_module":
            return type(self.fetch_attr(node.target)).__name__
        return node.target if isinstance(node.target, str) else node.target.__name__


def lines(pairs):
    """A JSON object with one member a line."""
    body = ",\n".join(f"{json.dumps(key)}:{json.dumps(value, separators=(',', ':'))}" for key, value in pairs)
    return "{\n" + body + "\n}\n"


def network_names(name):
    model = torchvision.models.get_model(name, weights=None).eval()
    nodes = []
    with torch.no_grad():
        walk = Walk(model, lambda name, kind, value: nodes.append([name, kind, list(value.shape[1:])]))
        walk.run(torch.zeros(1, 3, SIDE, SIDE))
    assert len({node[0] for node in nodes}) == len(nodes), name
    weights = [[key, list(value.shape)] for key, value in model.state_dict().items()
               if not key.endswith("num_batches_tracked")]
    return {"nodes": nodes, "weights": weights, "parameters": sum(p.numel() for p in model.parameters())}


def main(arguments):
    torch.manual_seed(0)
    (HERE / "names.json").write_text(lines((name, network_names(name)) for name in FAMILIES))


if __name__ == "__main__":
    main(sys.argv[1:])
