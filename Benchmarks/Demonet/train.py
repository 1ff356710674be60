"""Trains demonet, the small frozen network of `permafrost demo`, and writes demonet.safetensors and train.log.

    python train.py --cache DIR --stop-after 3 --threads 2
    python train.py --cache DIR --resume demonet.safetensors --epochs 4 --rate 0.12 --small 3 --seed 21

are the two stages behind the committed file: a warm-up at full size, then the descent, whose first epochs see
smaller crops since these cost half. `python train.py` alone trains in one stage.
The pictures come from draw.py, are drawn once and kept under --cache. Nothing is downloaded. No training class
shows a ship, so what a head finds for ships in this network's activations is transferred, not remembered.
Needs torch, safetensors, numpy and Pillow; torchvision is not needed, its ResNet names are kept by hand.
"""
import argparse
import multiprocessing
import os
import tempfile
import time

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional as F

import draw

HERE = os.path.dirname(os.path.abspath(__file__))
CROP, SMALL = 80, 64
TRAIN_SEED, HELD_OUT_SEED = 1_000_000, 9_000_000      # far apart: no held-out picture was ever trained on


class BasicBlock(nn.Module):
    """torchvision's BasicBlock, name by name, so that a ResNet reader loads the file unchanged."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


class DemoNet(nn.Module):
    """A ResNet of four blocks without the first pooling, since its pictures are only 80 pixels wide."""

    def __init__(self, classes, widths=(24, 48, 96, 192)):
        super().__init__()
        self.conv1 = nn.Conv2d(3, widths[0], 3, 2, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(widths[0])
        inputs = widths[0]
        for i, width in enumerate(widths):
            setattr(self, f"layer{i + 1}", nn.Sequential(BasicBlock(inputs, width, 1 if i == 0 else 2)))
            inputs = width
        self.fc = nn.Linear(inputs, classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def features(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        return self.layer4(self.layer3(self.layer2(self.layer1(x)))).mean((2, 3))

    def forward(self, x):
        return self.fc(self.features(x))

# What pictures this network wants, as the library reads it from the file.
PREPROCESSING = {"preprocessing." + name: value for name, value in {
    "orientation": "upright", "colourProfile": "ignored", "colour": "rgb", "framing": "none",
    "resizing": "shorterSide:88", "interpolation": "bilinear", "crop": "80x80",
    "mean": "0.5,0.5,0.5", "standardDeviation": "0.25,0.25,0.25",
}.items()}


def _one(job):
    name, seed = job
    return np.asarray(draw.picture(name, seed))


def pictures(cache, split, per_class, seed, processes):
    """All pictures of a split as (count, 88, 88, 3) bytes and their labels; drawn once."""
    file = os.path.join(cache, f"demonet-{split}-{len(draw.CLASSES)}x{per_class}.npy")
    if not os.path.exists(file):
        jobs = [(name, seed + k) for name in draw.CLASSES for k in range(per_class)]
        with multiprocessing.Pool(processes) as pool:
            np.save(file, np.stack(pool.map(_one, jobs, chunksize=64)))
    return torch.from_numpy(np.load(file)), torch.arange(len(draw.CLASSES)).repeat_interleave(per_class)


def normalise(x):
    return (x - 0.5) / 0.25


def augment(pixels, generator, side=CROP):
    """Random placement, mirror, light, colour and occlusion, each picture on its own; then normalised."""
    x = pixels.permute(0, 3, 1, 2).float() / 255
    n = len(x)

    def uniform(low, high, *shape):
        return low + (high - low) * torch.rand(*(shape or (n,)), generator=generator)

    angle, scale = uniform(-0.09, 0.09), uniform(0.7, 1.15) * CROP / draw.STORED
    mirror = (torch.rand(n, generator=generator) < 0.5).float() * 2 - 1
    shift = (1 - scale).clamp(min=0.05)
    theta = torch.zeros(n, 2, 3)
    theta[:, 0, 0], theta[:, 0, 1] = scale * mirror * angle.cos(), -scale * angle.sin()
    theta[:, 1, 0], theta[:, 1, 1] = scale * mirror * angle.sin(), scale * angle.cos()
    theta[:, 0, 2], theta[:, 1, 2] = shift * uniform(-1, 1), shift * uniform(-1, 1)
    grid = F.affine_grid(theta, (n, 3, side, side), align_corners=False)
    x = F.grid_sample(x, grid, padding_mode="reflection", align_corners=False)

    order = torch.stack([torch.randperm(3, generator=generator) for _ in range(n)])   # hue tells nothing
    x = x.gather(1, order[:, :, None, None].expand_as(x))
    x = x * uniform(0.7, 1.3, n, 1, 1, 1) * uniform(0.85, 1.15, n, 3, 1, 1) + uniform(-0.12, 0.12, n, 1, 1, 1)
    grey = (torch.rand(n, 1, 1, 1, generator=generator) < 0.2).float()
    x = (x * (1 - grey) + x.mean(1, keepdim=True) * grey).clamp(0, 1)

    rows, columns = torch.arange(side)[None, :, None], torch.arange(side)[None, None, :]
    top, left = uniform(-10, side, n, 1, 1), uniform(-10, side, n, 1, 1)
    inside = ((rows >= top) & (rows < top + uniform(5, 28, n, 1, 1))
              & (columns >= left) & (columns < left + uniform(5, 28, n, 1, 1))
              & (torch.rand(n, 1, 1, generator=generator) < 0.4))[:, None]
    return normalise(torch.where(inside, uniform(0, 1, n, 3, 1, 1), x))


@torch.no_grad()
def accuracy(model, pixels, labels):
    """On the centre crop, and how often the right class is among the first five."""
    model.eval()
    edge = (draw.STORED - CROP) // 2
    top1 = top5 = 0
    for x, y in zip(pixels.split(256), labels.split(256)):
        x = x[:, edge:edge + CROP, edge:edge + CROP].permute(0, 3, 1, 2).float() / 255
        best = model(normalise(x)).topk(5).indices == y[:, None]
        top1, top5 = top1 + int(best[:, 0].sum()), top5 + int(best.sum())
    model.train()
    return top1 / len(labels), top5 / len(labels)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", default=tempfile.gettempdir())
    parser.add_argument("--output", default=HERE)
    parser.add_argument("--per-class", type=int, default=300)
    parser.add_argument("--held-out", type=int, default=40)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--batch", type=int, default=96)
    parser.add_argument("--rate", type=float, default=0.15)
    parser.add_argument("--decay", type=float, default=5e-4)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--small", type=int, default=0, help="epochs at the start on crops of 64 pixels")
    parser.add_argument("--stop-after", type=int, help="end early, the schedule unfinished")
    parser.add_argument("--resume", help="weights to start from; the log is continued")
    options = parser.parse_args()

    log = open(os.path.join(options.output, "train.log"), "a" if options.resume else "w", buffering=1)

    def say(text):
        print(text, flush=True)
        log.write(text + "\n")

    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    generator = torch.Generator().manual_seed(options.seed + 1)
    model = DemoNet(len(draw.CLASSES)).to(memory_format=torch.channels_last)
    if options.resume:
        model.load_state_dict(load_file(options.resume), strict=False)
        say(f"\nresumed from the weights above, {options.small} epoch(s) on crops of {SMALL} pixels first")
    say(f"demonet: {sum(p.numel() for p in model.parameters())} parameters, torch {torch.__version__.split('+')[0]}")
    say(f"{len(draw.CLASSES)} classes: {', '.join(draw.CLASSES)}")

    started = time.time()
    train_x, train_y = pictures(options.cache, "train", options.per_class, TRAIN_SEED, options.threads)
    test_x, test_y = pictures(options.cache, "held-out", options.held_out, HELD_OUT_SEED, options.threads)
    say(f"{len(train_y)} training and {len(test_y)} held-out pictures, drawn or read in {time.time() - started:.0f} s")
    say(f"SGD with Nesterov momentum 0.9, rate {options.rate} (one cycle), decay {options.decay}, batch "
        f"{options.batch}, {options.epochs} epochs, seed {options.seed}, {options.threads} thread(s)")

    training = history(options, len(train_y))     # before the file resumed from may be overwritten
    steps = len(train_y) // options.batch
    optimiser = torch.optim.SGD(
        model.parameters(), lr=options.rate, momentum=0.9, nesterov=True, weight_decay=options.decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, options.rate, epochs=options.epochs, steps_per_epoch=steps,
        pct_start=0.04 if options.resume else 0.15)
    started = time.time()
    for epoch in range(options.stop_after or options.epochs):
        side = SMALL if epoch < options.small else CROP
        order, total, right = torch.randperm(len(train_y), generator=generator), 0.0, 0
        for step in range(steps):
            rows = order[step * options.batch:(step + 1) * options.batch]
            x, y = augment(train_x[rows], generator, side), train_y[rows]
            x = x.contiguous(memory_format=torch.channels_last)
            scores = model(x)
            loss = F.cross_entropy(scores, y)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            schedule.step()
            total, right = total + loss.item(), right + int((scores.argmax(1) == y).sum())
        top1, top5 = accuracy(model, test_x, test_y)
        say(f"epoch {epoch + 1:2d}/{options.epochs}  loss {total / steps:.3f}  "
            f"train {right / steps / options.batch:.3f}  "
            f"held-out {top1:.4f}  top-5 {top5:.4f}  {time.time() - started:.0f} s")
        save(model, options, training, top1)
    say(f"held-out accuracy {top1:.4f} (top-5 {top5:.4f}) on {len(test_y)} pictures, "
        f"chance {1 / len(draw.CLASSES):.4f}")


def history(options, count):
    """How the weights came about, the stage they were resumed from included."""
    now = (f"{options.stop_after or options.epochs} of {options.epochs} epochs of SGD, "
           f"rate {options.rate}, seed {options.seed}")
    if options.small:
        now += f", the first {options.small} on crops of {SMALL}"
    if not options.resume:
        return f"train.py: {count} procedurally drawn pictures of {len(draw.CLASSES)} classes without ships; {now}"
    with safe_open(options.resume, "pt") as file:
        return f"{file.metadata()['training']}; then {now}"


def save(model, options, training, top1):
    tensors = {k: v.detach().contiguous().clone() for k, v in model.state_dict().items()
               if not k.endswith("num_batches_tracked")}
    path = os.path.join(options.output, "demonet.safetensors")
    save_file(tensors, path, metadata={
        "format": "pt",
        "architecture": "demonet",
        "classes": str(len(draw.CLASSES)),
        "class_names": ", ".join(draw.CLASSES),
        "held_out_accuracy": f"{top1:.4f}",
        "training": training,
        **PREPROCESSING,
    })
    os.chmod(path, 0o644)


if __name__ == "__main__":
    main()
