"""Flat shapes, centred on the origin, about two units across."""
import math

from pen import random_colour, shade


def _ngon(pen, n, colour, inner=None, turn=math.pi / 2, radius=1.0):
    count = n if inner is None else 2 * n
    points = []
    for i in range(count):
        r = radius if inner is None or i % 2 == 0 else radius * inner
        a = turn + 2 * math.pi * i / count
        points.append((r * math.cos(a), r * math.sin(a)))
    pen.poly(points, colour)


def _outlined(n):
    def draw(pen, rng, c):
        _ngon(pen, n, c)
        if rng.random() < 0.4:
            _ngon(pen, n, random_colour(rng), radius=rng.uniform(0.5, 0.8))
    return draw


def star(pen, rng, c):
    _ngon(pen, rng.choice([5, 6]), c, inner=rng.uniform(0.35, 0.5))


def burst(pen, rng, c):
    _ngon(pen, rng.randint(10, 16), c, inner=rng.uniform(0.45, 0.75))


def cross(pen, rng, c):
    w = rng.uniform(0.15, 0.35)
    pen.rect(-1, -w, 1, w, c)
    pen.rect(-w, -1, w, 1, c)


def arrow(pen, rng, c):
    w, head = rng.uniform(0.1, 0.25), rng.uniform(0.4, 0.7)
    pen.rect(-1, -w, 0.3, w, c)
    pen.poly([(0.2, -head), (1, 0), (0.2, head)], c)


def ring(pen, rng, c):
    w, n = rng.uniform(0.12, 0.35), 40
    for i in range(n):
        a, b = 2 * math.pi * i / n, 2 * math.pi * (i + 1.2) / n
        pen.line(math.cos(a), math.sin(a), math.cos(b), math.sin(b), w, c)


def crescent(pen, rng, c):
    d = rng.uniform(0.3, 0.7)
    outer = [(math.cos(a), math.sin(a)) for a in (math.pi * (0.5 + i / 20) for i in range(21))]
    inner = [(d * math.cos(a), math.sin(a)) for a in (math.pi * (1.5 - i / 20) for i in range(21))]
    pen.poly(outer + inner, c)


def spiral(pen, rng, c):
    turns, w = rng.uniform(2, 3.5), rng.uniform(0.08, 0.14)
    pts = [(t / 60 * math.cos(turns * 2 * math.pi * t / 60), t / 60 * math.sin(turns * 2 * math.pi * t / 60))
           for t in range(61)]
    pen.path(pts, w, c)


def gear(pen, rng, c):
    n = rng.randint(7, 12)
    pen.disc(0, 0, 0.75, c)
    for i in range(n):
        a = 2 * math.pi * i / n
        pen.line(0.6 * math.cos(a), 0.6 * math.sin(a), math.cos(a), math.sin(a), 0.22, c)
    pen.disc(0, 0, rng.uniform(0.2, 0.4), shade(c, 0.35))


def ladder(pen, rng, c):
    w, n = rng.uniform(0.25, 0.4), rng.randint(5, 9)
    for x in (-w, w):
        pen.line(x, -1, x, 1, 0.1, c)
    for i in range(n):
        y = -0.85 + 1.7 * i / (n - 1)
        pen.line(-w, y, w, y, 0.07, c)


def comb(pen, rng, c):
    n = rng.randint(5, 9)
    pen.rect(-1, 0.3, 1, 0.6, c)
    for i in range(n):
        x = -0.92 + 1.84 * i / (n - 1)
        pen.line(x, 0.4, x, -0.6, 0.12, c)


def glyph(pen, rng, c):
    """A letter-like sign of strokes on a three by three lattice."""
    nodes = [(x * 0.7, y) for x in (-1, 0, 1) for y in (-1, 0, 1)]
    at = rng.choice(nodes)
    for _ in range(rng.randint(4, 6)):
        to = rng.choice([n for n in nodes if n != at])
        pen.line(*at, *to, 0.2, c)
        at = to


def key(pen, rng, c):
    pen.disc(-0.65, 0, 0.38, c)
    pen.disc(-0.65, 0, 0.18, shade(c, 0.3))
    pen.rect(-0.35, -0.09, 1, 0.09, c)
    for x in (0.55, 0.75, 0.93):
        pen.rect(x - 0.06, -0.09 - rng.uniform(0.15, 0.35), x + 0.06, 0, c)


def flower(pen, rng, c):
    n = rng.randint(5, 8)
    for i in range(n):
        a = 2 * math.pi * i / n
        pen.disc(0.6 * math.cos(a), 0.6 * math.sin(a), 0.36, shade(c, rng.uniform(0.85, 1.1)))
    pen.disc(0, 0, 0.3, random_colour(rng))


def molecule(pen, rng, c):
    """Discs joined by bars."""
    nodes = [(rng.uniform(-0.9, 0.9), rng.uniform(-0.9, 0.9)) for _ in range(rng.randint(4, 6))]
    pen.path(nodes, 0.08, shade(c, 0.6))
    for x, y in nodes:
        pen.disc(x, y, rng.uniform(0.15, 0.28), c)


SHAPES = {
    "triangle": _outlined(3), "quadrilateral": _outlined(4), "hexagon": _outlined(6), "star": star,
    "burst": burst, "cross": cross, "arrow": arrow, "ring": ring, "crescent": crescent, "spiral": spiral,
    "gear": gear, "ladder": ladder, "comb": comb, "glyph": glyph, "key": key, "flower": flower,
    "molecule": molecule,
}
