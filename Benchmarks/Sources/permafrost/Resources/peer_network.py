#!/usr/bin/env python3
"""Runs torchvision's networks on other engines, for `permafrost bench network --peers PYTHON`.

    peer_network.py check                                        what is installed, as one line of JSON
    peer_network.py export --network NAME --folder DIR           the network with seeded weights, as files
    peer_network.py serve --engine ENGINE --network NAME --folder DIR    answers commands, see below
    peer_network.py table [--network NAME ...]                   the engines by themselves, alternating

Engines: onnxruntime (sequential execution, every optimisation), openvino (float32; one stream with all threads, or one
stream a thread with the batch cut among them, whichever is faster here), pytorch (channels last, inference mode; as it
is, traced and frozen, or optimised for inference, whichever is faster here). Each has a process of its own, which
imports no other engine, so that its memory is its own; between commands it blocks on its input.

`serve` writes one line of JSON when it is ready, and one for each line that it reads:

    run SECONDS     {"milliseconds": [a whole batch, ...]}    at least one run
    output FILE     {"shape": [...]}                          the logits, as raw float32
    memory          {"peak_rss_bytes", "running_rss_bytes"}   since the start; since it was ready
    the end of the input: it ends.

Weights are Permafrost's `seed:N`, whose definition (`SeededWeights.swift`) is repeated in `seeded`: a tensor depends on
the seed, its name and its shape alone. Pictures are raw float32 [N, 3, height, width] in --input, or random.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy

ENGINES = ["onnxruntime", "openvino", "pytorch"]
NETWORKS = "vgg16 vgg11 resnet18 alexnet resnet50 efficientnet_b0 mobilenet_v2 regnet_y_16gf vit_b_16".split()
MASK = 2**64 - 1


# Weights and pictures


def splitmix64(x):
    """One output of SplitMix64 for each state: an integer or an array of uint64."""
    if isinstance(x, int):
        z = (x + 0x9E3779B97F4A7C15) & MASK
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)
    z = x + numpy.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
    return z ^ (z >> numpy.uint64(31))


def unit(key, count):
    """`count` float32 numbers in [0, 1), from the upper 24 bits of each output; in pieces that stay in cache."""
    values = numpy.empty(count, numpy.float32)
    for start in range(0, count, 1 << 16):
        states = numpy.arange(start, min(start + (1 << 16), count), dtype=numpy.uint64) + numpy.uint64(key)
        values[start:start + len(states)] = splitmix64(states) >> numpy.uint64(40)
    values *= numpy.float32(2.0**-24)
    return values


def fnv1a64(name):
    value = 0xCBF29CE484222325
    for byte in name.encode():
        value = ((value ^ byte) * 0x100000001B3) & MASK
    return value


def seeded(seed, name, shape):
    """The float32 tensor of this name and shape, each step rounded once."""
    last = name.rsplit(".", 1)[-1]
    values = unit(splitmix64(seed) ^ fnv1a64(name), int(numpy.prod(shape, dtype=numpy.int64)))
    if last == "running_var" or (last == "weight" and len(shape) == 1):
        values += numpy.float32(0.5)
        return values.reshape(shape)
    if last.endswith("weight") and len(shape) >= 2:
        factor = numpy.sqrt(6.0 / float(numpy.prod(shape[1:], dtype=numpy.int64)))
    elif last == "running_mean" or (last.endswith("bias") and len(shape) == 1):
        factor = 0.1
    else:
        factor = 0.02
    values *= numpy.float32(2)
    values -= numpy.float32(1)
    values *= numpy.float32(factor)
    return values.reshape(shape)


def pictures(options):
    shape = (options.batch, 3, options.side, options.side)
    if options.input:
        return numpy.fromfile(options.input, numpy.float32).reshape(shape)
    return unit(splitmix64(1), int(numpy.prod(shape))).reshape(shape) * numpy.float32(4) - numpy.float32(2)


# Networks


def import_torchvision():
    """torchvision's binary extension must match PyTorch's build; where it does not load, its Python half still asks for
    the names of the detection operators on import. No classifier calls them, so bare declarations will do."""
    import torch
    try:
        import torchvision
    except RuntimeError:
        for loaded in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
            del sys.modules[loaded]
        library = torch.library.Library("torchvision", "DEF")
        for name in ("nms", "qnms", "roi_align", "roi_pool", "ps_roi_align", "ps_roi_pool", "deform_conv2d"):
            for prefix, suffix in (("", ""), ("_", "_backward")):
                library.define(f"{prefix}{name}{suffix}(Tensor x) -> Tensor")
        import torchvision
        torchvision.detection_operators = library  # they vanish with this object
    return torchvision


def network(name, weights):
    """torchvision's network in evaluation mode, with the tensors that `weights(name, shape)` gives."""
    import torch
    torchvision = import_torchvision()
    try:
        with torch.device("meta"):  # spares time and memory for weights that are replaced at once
            model = torchvision.models.get_model(name, weights=None)
    except NotImplementedError:  # RegNet computes its widths with tensors
        model = torchvision.models.get_model(name, weights=None)
    state = {key: torch.zeros((), dtype=torch.int64) if key.endswith("num_batches_tracked")
             else weights(key, tuple(value.shape)) for key, value in model.state_dict().items()}
    model.load_state_dict(state, assign=True)
    return model.eval()


def stream_batch(options):
    """The pictures of one stream where every thread has its own; 0 where they cannot be dealt out evenly."""
    return options.batch // options.threads if options.threads > 1 and options.batch % options.threads == 0 else 0


def file(options, suffix):
    return str(pathlib.Path(options.folder) / (options.network + suffix))


def export(options):
    """NAME.pt, NAME-BATCH.onnx, and NAME-BATCH.onnx for the batch of one stream. ONNX files have a fixed batch and
    batch normalisation folded, which is what their engines like best."""
    import warnings

    import torch
    warnings.filterwarnings("ignore")
    model = network(options.network, lambda name, shape: torch.from_numpy(seeded(options.seed, name, shape)))
    torch.save(model.state_dict(), file(options, ".pt"))
    torch.backends.mha.set_fastpath_enabled(False)  # one fused operator that ONNX does not know
    for batch in {options.batch, stream_batch(options)} - {0}:
        example = torch.zeros(batch, 3, options.side, options.side)
        torch.onnx.export(
            model, example, file(options, f"-{batch}.onnx"), dynamo=False, opset_version=17, do_constant_folding=True,
            input_names=["pictures"], output_names=["logits"])


# Engines: each gives a closure that runs a batch and returns its logits, and says how it is set up.


def fastest(candidates):
    """The candidate whose median run is shortest in a second, after a first run. Each is (description, maker); the
    losers are freed. One that the engine refuses is left out and said."""
    best, refused = None, []
    for description, make in candidates:
        try:
            run = make()
            run()
        except Exception as error:  # noqa: BLE001: whatever an engine throws
            refused.append(f"{description}: {' '.join(str(error).split())[:200]}")
            continue
        median = statistics.median(timed(run, 1.0 if len(candidates) > 1 else 0))
        if best is None or median < best[0]:
            best = (median, description, run)
        del run
    if best is None:
        raise RuntimeError("; ".join(refused))
    return best[1], best[2], refused


def onnxruntime_engine(options, batch):
    import onnxruntime
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = options.threads
    settings.inter_op_num_threads = 1
    settings.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    settings.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    settings.log_severity_level = 3

    def make():
        session = onnxruntime.InferenceSession(
            file(options, f"-{options.batch}.onnx"), settings, providers=["CPUExecutionProvider"])
        return lambda: session.run(None, {"pictures": batch})[0]

    return onnxruntime.__version__, [("sequential", make)]


def openvino_engine(options, batch):
    import openvino
    core = openvino.Core()

    def make(streams):
        pieces = numpy.split(batch, streams)
        settings = {
            "NUM_STREAMS": str(streams), "INFERENCE_NUM_THREADS": str(options.threads),
            "INFERENCE_PRECISION_HINT": "f32", "ENABLE_HYPER_THREADING": True,
        }
        compiled = core.compile_model(file(options, f"-{len(pieces[0])}.onnx"), "CPU", settings)
        requests = [compiled.create_infer_request() for _ in pieces]
        for request, piece in zip(requests, pieces):
            request.set_input_tensor(openvino.Tensor(piece, shared_memory=True))

        def run(_=batch):  # the engine does not keep what it shares
            if streams == 1:
                requests[0].infer()
            else:
                for request in requests:
                    request.start_async()
                for request in requests:
                    request.wait()
            return numpy.concatenate([request.get_output_tensor().data for request in requests])

        return run

    candidates = [("1 stream", lambda: make(1))]
    if stream_batch(options):
        candidates.append((f"{options.threads} streams", lambda: make(options.threads)))
    return openvino.__version__.split("-")[0], candidates


def pytorch_engine(options, batch):
    import warnings

    import torch
    warnings.filterwarnings("ignore")
    torch.set_num_threads(options.threads)
    stored = torch.load(file(options, ".pt"), mmap=True, weights_only=True)
    model = network(options.network, lambda name, shape: stored[name]).to(memory_format=torch.channels_last)
    del stored
    tensor = torch.from_numpy(batch).contiguous(memory_format=torch.channels_last)

    def closure(model):
        def run():
            with torch.inference_mode():
                return model(tensor).numpy()
        return run

    def frozen(optimise):
        with torch.no_grad():
            traced = torch.jit.freeze(torch.jit.trace(model, tensor, check_trace=False))
            traced = torch.jit.optimize_for_inference(traced) if optimise else traced
        run = closure(traced)
        run()  # the first runs are the just-in-time compiler's
        run()
        return run

    return torch.__version__, [
        ("as it is", lambda: closure(model)), ("frozen", lambda: frozen(False)),
        ("optimised for inference", lambda: frozen(True))]


# Serving


def timed(run, seconds):
    """Milliseconds of each run for so long, at least one."""
    times, end = [], time.perf_counter() + seconds
    while not times or time.perf_counter() < end:
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) * 1e3)
    return times


def peak_memory():
    """The largest resident size, in bytes."""
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def serve(options):
    # Libraries may print; only answers go to the real standard output.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(**values):
        print(json.dumps(values), file=answers, flush=True)

    try:
        make = {"onnxruntime": onnxruntime_engine, "openvino": openvino_engine, "pytorch": pytorch_engine}
        version, candidates = make[options.engine](options, pictures(options))
        setup, run, refused = fastest(candidates)
        candidates.clear()
    except Exception as error:  # noqa: BLE001: whatever an engine throws
        answer(error=" ".join(f"{type(error).__name__}: {error}".split())[:500])
        sys.exit(1)
    loaded_peak = peak_memory()
    try:
        pathlib.Path("/proc/self/clear_refs").write_text("5")  # VmHWM starts again
    except OSError:
        pass
    answer(ready=True, version=version, setup=setup, refused=refused)
    for line in sys.stdin:
        command, _, argument = line.strip().partition(" ")
        if command == "run":
            answer(milliseconds=timed(run, float(argument)))
        elif command == "output":
            logits = numpy.ascontiguousarray(run(), numpy.float32)
            logits.tofile(argument)
            answer(shape=list(logits.shape))
        elif command == "memory":
            running = peak_memory()
            answer(peak_rss_bytes=max(loaded_peak, running), running_rss_bytes=running)
        else:
            answer(error=f"unknown command {command}")


def check(_):
    import onnx
    import onnxruntime
    import openvino
    import torch
    torchvision = import_torchvision()
    print(json.dumps({"onnxruntime": onnxruntime.__version__, "openvino": openvino.__version__.split("-")[0],
                      "pytorch": torch.__version__, "torchvision": torchvision.__version__, "onnx": onnx.__version__}))


# The engines by themselves


def ask(process, command=None):
    if command:
        print(command, file=process.stdin, flush=True)
    answer = json.loads(process.stdout.readline() or '{"error": "it has ended"}')
    if "error" in answer:
        sys.exit(f"{process.args[4]}: {answer['error']}")
    return answer


def table(options):
    print("network           batch threads  engine         median  minimum  ms a picture", flush=True)
    for name in options.network:
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            arguments = ["--network", name, "--folder", folder, "--batch", str(options.batch), "--threads",
                         str(options.threads), "--seed", str(options.seed), "--side", str(options.side)]
            program = [sys.executable, __file__]
            subprocess.run([*program, "export", *arguments], check=True)
            servers = {}
            for engine in ENGINES:
                servers[engine] = subprocess.Popen(
                    [*program, "serve", "--engine", engine, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                    text=True)
                servers[engine].setup = ask(servers[engine])["setup"]
                ask(servers[engine], f"run {options.warm_up}")
            times = {engine: [] for engine in ENGINES}
            for engine, server in list(servers.items()) * options.rounds:
                time.sleep(0.05)
                times[engine] += ask(server, f"run {options.seconds}")["milliseconds"]
            for engine, server in servers.items():
                each = [value / options.batch for value in times[engine]]
                memory = ask(server, "memory")
                print(f"{name:<18}{options.batch:>5}{options.threads:>8}  {engine:<12}{statistics.median(each):>9.3f}"
                      f"{min(each):>9.3f}  {len(each)} runs, {memory['peak_rss_bytes'] / 1e6:.0f} MB at most,"
                      f" {memory['running_rss_bytes'] / 1e6:.0f} MB running, {server.setup}", flush=True)
                server.stdin.close()
                server.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["check", "export", "serve", "table"])
    parser.add_argument("--engine", choices=ENGINES)
    parser.add_argument("--network", action="append")
    parser.add_argument("--folder")
    parser.add_argument("--input")
    parser.add_argument("--side", type=int, default=224, help="rows and columns of a picture")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--warm-up", type=float, default=1.5)
    options = parser.parse_args()
    if options.command == "table":
        options.network = options.network or NETWORKS
    if options.command in ("export", "serve"):
        if not options.network or not options.folder or (options.command == "serve" and not options.engine):
            parser.error("needs --network and --folder, and to serve --engine")
        options.network = options.network[0]
    return {"check": check, "export": export, "serve": serve, "table": table}[options.command](options)


if __name__ == "__main__":
    main()
