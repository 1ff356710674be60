"""Textures: each returns a height field in [0, 1] over a square grid, later mapped to two or three colours."""
import numpy as np
from PIL import Image


def value_noise(gen, size, cells, octaves=4):
    """Fractal value noise in [0, 1]; `cells` is a pair (down, across) for the coarsest octave."""
    total, weight = np.zeros((size, size), np.float32), 0.0
    for o in range(octaves):
        shape = tuple(min(size, max(2, int(c * 2 ** o) + 1)) for c in cells)
        coarse = Image.fromarray(gen.random(shape, dtype=np.float32))
        total += np.asarray(coarse.resize((size, size), Image.BICUBIC)) * 0.5 ** o
        weight += 0.5 ** o
    total /= weight
    low, high = total.min(), total.max()
    return (total - low) / (high - low + 1e-6)


def _grid(gen, size, angle=None, warp=0.03):
    """Rotated, slightly warped coordinates."""
    y, x = np.mgrid[0:size, 0:size].astype(np.float32) / size - 0.5
    a = gen.uniform(0, np.pi) if angle is None else angle
    u, v = np.cos(a) * x - np.sin(a) * y, np.sin(a) * x + np.cos(a) * y
    u = u + warp * (value_noise(gen, size, (3, 3), 2) - 0.5)
    v = v + warp * (value_noise(gen, size, (3, 3), 2) - 0.5)
    return u, v


def checkerboard(gen, size):
    u, v = _grid(gen, size)
    f = gen.uniform(4, 10)
    return ((np.floor(u * f) + np.floor(v * f)) % 2)


def level_stripes(gen, size):
    u, v = _grid(gen, size, angle=gen.normal(0, 0.1))
    return (np.sin(v * 2 * np.pi * gen.uniform(4, 12)) > gen.uniform(-0.5, 0.5)).astype(np.float32)


def upright_stripes(gen, size):
    return level_stripes(gen, size).T


def diagonal_stripes(gen, size):
    u, v = _grid(gen, size, angle=gen.choice([-1, 1]) * gen.uniform(0.5, 1.05))
    return (np.sin(v * 2 * np.pi * gen.uniform(4, 12)) > gen.uniform(-0.5, 0.5)).astype(np.float32)


def dots(gen, size):
    u, v = _grid(gen, size)
    f, r = gen.uniform(4, 9), gen.uniform(0.2, 0.4)
    du, dv = u * f % 1 - 0.5, v * f % 1 - 0.5
    return (du * du + dv * dv < r * r).astype(np.float32)


def ripples(gen, size):
    u, v = _grid(gen, size, angle=gen.normal(0, 0.15), warp=0.1)
    bend = gen.uniform(0.02, 0.06) * np.sin(u * 2 * np.pi * gen.uniform(2, 5))
    return 0.5 + 0.5 * np.sin((v + bend) * 2 * np.pi * gen.uniform(5, 12))


def clouds(gen, size):
    n = value_noise(gen, size, (gen.integers(2, 5), gen.integers(2, 5)), 5)
    return np.clip((n - gen.uniform(0.3, 0.5)) * 2.5, 0, 1)


def bricks(gen, size):
    u, v = _grid(gen, size, angle=gen.normal(0, 0.1))
    rows, ratio, gap = gen.uniform(6, 12), gen.uniform(1.8, 3), gen.uniform(0.08, 0.18)
    r = np.floor(v * rows)
    s = u * rows / ratio + 0.5 * (r % 2)
    wall = (s % 1 > gap / ratio) & (v * rows % 1 > gap)
    tint = np.sin(r * 12.99 + np.floor(s) * 78.23) * 0.15
    return np.where(wall, 0.75 + tint, 0)


def wood(gen, size):
    u, v = _grid(gen, size, warp=0.25)
    return 0.5 + 0.5 * np.sin((v * 1.0 + 0.08 * u) * 2 * np.pi * gen.uniform(5, 10)) * (0.6 + 0.4 * u)


def cells(gen, size):
    points = gen.random((gen.integers(10, 28), 2))
    y, x = np.mgrid[0:size:2, 0:size:2].astype(np.float32) / size
    d = np.sort((x[..., None] - points[:, 0]) ** 2 + (y[..., None] - points[:, 1]) ** 2, axis=2)
    edge = np.sqrt(d[..., 1]) - np.sqrt(d[..., 0])
    field = np.clip(edge * gen.uniform(15, 30), 0, 1).astype(np.float32)
    return np.asarray(Image.fromarray(field).resize((size, size), Image.BILINEAR))


def plaid(gen, size):
    u, v = _grid(gen, size)
    f, g = gen.uniform(3, 7), gen.uniform(3, 7)
    return 0.5 * (np.sin(u * 2 * np.pi * f) > 0.2) + 0.5 * (np.sin(v * 2 * np.pi * g) > 0.2)


def zigzag(gen, size):
    u, v = _grid(gen, size, angle=gen.normal(0, 0.15))
    f = gen.uniform(3, 7)
    tooth = np.abs(u * f % 1 - 0.5) / f * gen.uniform(1, 2)
    return (((v + tooth) * gen.uniform(5, 10)) % 1 > 0.5).astype(np.float32)


def targets(gen, size):
    y, x = np.mgrid[0:size, 0:size].astype(np.float32) / size
    r = np.hypot(x - gen.uniform(0.2, 0.8), (y - gen.uniform(0.2, 0.8)) * gen.uniform(0.7, 1.4))
    return (np.sin(r * 2 * np.pi * gen.uniform(5, 11)) > 0).astype(np.float32)


def speckle(gen, size):
    n = value_noise(gen, size, (gen.integers(25, 45),) * 2, 2)
    return (n > gen.uniform(0.5, 0.65)).astype(np.float32)


TEXTURES = {
    "checkerboard": checkerboard, "level stripes": level_stripes, "upright stripes": upright_stripes,
    "diagonal stripes": diagonal_stripes, "dots": dots, "ripples": ripples, "clouds": clouds,
    "bricks": bricks, "wood": wood, "cells": cells, "plaid": plaid, "zigzag": zigzag, "targets": targets,
    "speckle": speckle,
}
