#!/usr/bin/env python3
"""Writes names.json and network-*.json beside itself, from torchvision's own models. Needs torch and torchvision.

    python3 make_networks.py            everything
    python3 make_networks.py names      names.json alone
    python3 make_networks.py NAME ...   the values of these networks alone

names.json    every node and every weight of every network of the families below, at 224 x 224:
              {"resnet18": {"nodes": [[name, kind, shape], ...], "weights": [[name, shape], ...], "parameters": n}, ...}
network-*     what each node of some networks computes with `seed:0` weights on a fixed input; see `golden`.

Names of nodes. A module has its module path, down to modules of torch.nn itself (torchvision's own tracer stops at
building blocks such as Conv2dNormActivation; here they are opened). Calls of functions, and the second and later
calls of one module, have torchvision's FX name with _1, _2, ... counted within their scope. torchvision's tracer reads
such a number into a module's own name as well and calls a transformer's ln_1 and ln_2 `ln` and `ln_1`; here they keep
their paths. Nodes without a tensor value are left out, and so are parameters, which are weights; a module that
returns a tuple (nn.MultiheadAttention) stands for its first tensor, and so does the `getitem` that takes it out.
The input is `input`. Kinds are the torch.nn class, or the function's name. Shapes are without
the batch. Weights are the state dict without `num_batches_tracked`, in its order; `parameters` counts the elements
that are trained, as published.

Values. The networks of GOLDENS have `seed:0` weights, evaluation mode and the batch of `pictures`: two pictures
of 3 x 224 x 224, whose element i in [N, C, H, W] order is 4 u(i) - 2 with u(i) the upper 24 bits of
splitmix64(splitmix64(PICTURES) + i) over 2^24. network-NAME.json is a list of all nodes, in the order of execution:

    [name, kind, shape, error, mean, largest absolute value, L2 norm, [samples]]

over the whole batch, [2, ...shape]. Sample j of a node is its element number

    splitmix64(fnv1a64(name) + j) mod (number of elements in the batch)

All this is computed in float64 from the float32 weights and pictures, so that it is the same on every machine.
Samples are rounded to float32 (and have the digits that tell one float32 from the next), the other figures to nine
digits. `error` is the largest difference between PyTorch's own float32 and that, over the largest absolute value: what
rounding alone does to this node. Random weights amplify it from layer to layer, most of all in mobilenet_v2, where it
passes 1e-4; a comparison has to allow for that. In some deep networks the residual branches would add up to values
so large that gates are steps, which rounding flips; there the branches are damped, see DAMPED. A mean is to be compared relative to the largest absolute value.
"""
import json
import pathlib
import re
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
    efficientnet_b0 efficientnet_b1 efficientnet_b2 efficientnet_b3
    efficientnet_b4 efficientnet_b5 efficientnet_b6 efficientnet_b7
    regnet_y_400mf regnet_y_800mf regnet_y_1_6gf regnet_y_3_2gf regnet_y_8gf regnet_y_16gf regnet_y_32gf
    vit_b_16 vit_b_32 vit_l_16 vit_l_32
""".split()
GOLDENS = """
    alexnet vgg11_bn resnet18 resnet50 squeezenet1_1 mobilenet_v2
    efficientnet_b0 efficientnet_b3 regnet_y_16gf vit_b_16
""".split()
# The batch norms that end residual branches, whose weights are a quarter of what the seed gives.
DAMPED = {"efficientnet_b3": r"\.[1-9]\.block\.3\.1\.weight$", "regnet_y_16gf": r"\.f\.c\.1\.weight$"}
SIDE = 224
SAMPLES = 16
PICTURES = 1
MASK = 2**64 - 1


class Tracer(NodePathTracer):
    """torchvision's naming, with PyTorch's own rule for what is a leaf, and modules under their own paths."""

    def _get_node_qualname(self, module_qualname, node):
        if node.op == "call_module" and module_qualname not in self.node_to_qualname.values():
            return module_qualname
        return super()._get_node_qualname(module_qualname, node)

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
        tensor = value[0] if node.op == "call_module" and isinstance(value, tuple) else value
        if node.op not in ("output", "get_attr") and isinstance(tensor, torch.Tensor):
            name = "input" if node.op == "placeholder" else self.names[node.name]
            self.visit(name, self.kind(node), tensor.detach().clone())
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


def empty_model(name):
    """A network without values: it only knows shapes."""
    try:
        with torch.device("meta"):
            return torchvision.models.get_model(name, weights=None).eval()
    except NotImplementedError:  # RegNet computes its widths with tensors
        return torchvision.models.get_model(name, weights=None).eval().to("meta")


def network_names(name):
    model = empty_model(name)
    nodes = []
    walk = Walk(model, lambda name, kind, value: nodes.append([name, kind, list(value.shape[1:])]))
    walk.run(torch.zeros(1, 3, SIDE, SIDE, device="meta"))
    assert len({node[0] for node in nodes}) == len(nodes), name
    weights = [[key, list(value.shape)] for key, value in model.state_dict().items()
               if not key.endswith("num_batches_tracked")]
    return {"nodes": nodes, "weights": weights, "parameters": sum(p.numel() for p in model.parameters())}


def splitmix64(x):
    """For arrays of uint64."""
    with numpy.errstate(over="ignore"):
        z = x + numpy.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
        return z ^ (z >> numpy.uint64(31))


def fnv1a64(text):
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001B3 & MASK
    return numpy.array(value, numpy.uint64)


def units(key, count):
    """float32 in [0, 1)."""
    with numpy.errstate(over="ignore"):
        bits = splitmix64(key + numpy.arange(count, dtype=numpy.uint64))
    return (bits >> numpy.uint64(40)).astype(numpy.float32) * numpy.float32(2**-24)


def pictures():
    count = 2 * 3 * SIDE * SIDE
    unit = units(splitmix64(numpy.array(PICTURES, numpy.uint64)), count)
    return torch.from_numpy(unit * numpy.float32(4) - numpy.float32(2)).reshape(2, 3, SIDE, SIDE)


def seeded(seed, name, shape):
    """`seed:N` weights, every step in float32."""
    single = numpy.float32
    unit = units(splitmix64(numpy.array(seed, numpy.uint64)) ^ fnv1a64(name), int(numpy.prod(shape, dtype=int)))
    signed = unit * single(2) - single(1)
    last = name.split(".")[-1]
    if last == "running_var" or (last == "weight" and len(shape) == 1):
        value = unit + single(0.5)
    elif last.endswith("weight") and len(shape) >= 2:
        value = signed * single(numpy.sqrt(6 / numpy.prod(shape[1:], dtype=int)))
    elif last == "running_mean" or (last.endswith("bias") and len(shape) == 1):
        value = signed * single(0.1)
    else:
        value = signed * single(0.02)
    return torch.from_numpy(value.reshape(shape))


def values(model, batch):
    """Every node's value by name, in the order of execution, with its kind."""
    nodes = {}
    with torch.no_grad():
        Walk(model, lambda name, kind, value: nodes.update({name: (kind, value)})).run(batch)
    return nodes


def golden(name):
    model = empty_model(name).to_empty(device="cpu")
    damped = DAMPED.get(name)
    with torch.no_grad():
        for key, value in model.state_dict().items():
            if not key.endswith("num_batches_tracked"):
                value.copy_(seeded(0, key, tuple(value.shape)) * (0.25 if damped and re.search(damped, key) else 1))
    single = values(model, pictures())
    double = values(model.double(), pictures().double())
    rows = []
    for node, (kind, value) in double.items():
        flat = value.flatten().numpy()
        largest = numpy.abs(flat).max()
        error = numpy.abs(single[node][1].flatten().numpy() - flat).max() / largest
        assert largest > 0 and error < 1e-2, (name, node, largest, error)
        with numpy.errstate(over="ignore"):
            places = splitmix64(fnv1a64(node) + numpy.arange(SAMPLES, dtype=numpy.uint64)) % numpy.uint64(len(flat))
        figures = [float(f"{figure:.9g}") for figure in (flat.mean(), largest, numpy.sqrt(numpy.square(flat).sum()))]
        samples = [float(str(sample)) for sample in flat[places].astype(numpy.float32)]
        row = [node, kind, list(value.shape[1:]), float(f"{error:.2g}"), *figures, samples]
        rows.append(json.dumps(row, separators=(",", ":")))
    return "[\n" + ",\n".join(rows) + "\n]\n"


def main(arguments):
    if arguments in ([], ["names"]):
        (HERE / "names.json").write_text(lines((name, network_names(name)) for name in FAMILIES))
    for name in [name for name in GOLDENS if name in arguments or not arguments]:
        (HERE / f"network-{name}.json").write_text(golden(name))


if __name__ == "__main__":
    main(sys.argv[1:])
