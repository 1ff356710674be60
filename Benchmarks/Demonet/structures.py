"""Open structures, plants and furniture: x from -1 to 1, the ground at y = 0."""
import math

from pen import random_colour, shade


def container_yard(pen, rng, c):
    """Stacks of boxes of uneven height."""
    n = rng.randint(5, 9)
    w = 2.2 / n
    for i in range(n):
        for j in range(rng.randint(1, 5)):
            x, y = -1.1 + i * w, j * 0.2
            box = random_colour(rng)
            pen.rect(x, y, x + w * 0.94, y + 0.19, box)
            for k in range(1, 5):
                pen.line(x + w * k / 5, y + 0.02, x + w * k / 5, y + 0.17, 0.012, shade(box, 0.75))


def gantry_crane(pen, rng, c):
    h = rng.uniform(0.9, 1.1)
    for x in (-0.5, 0.35):
        pen.line(x, 0, x, h, 0.07, c)
    pen.line(-0.5, 0.4, 0.35, 0.4, 0.05, c)
    pen.line(-0.5, 0.0, 0.35, 0.4, 0.03, c)
    pen.line(-1.2, h, 1.2, h, 0.08, c)
    pen.line(-0.1, h, -0.1, h + 0.4, 0.05, c)
    for x in (-1.1, 1.1):
        pen.line(x, h, -0.1, h + 0.4, 0.025, c)
    x = rng.uniform(-1, 1)
    pen.line(x, h, x, h - 0.4, 0.015, c)
    pen.rect(x - 0.15, h - 0.52, x + 0.15, h - 0.4, random_colour(rng))


def tower_crane(pen, rng, c):
    h = rng.uniform(1.2, 1.6)
    for x in (-0.06, 0.06):
        pen.line(x - 0.3, 0, x - 0.3, h, 0.025, c)
    for k in range(10):
        pen.line(-0.36, h * k / 10, -0.24, h * (k + 1) / 10, 0.02, c)
    pen.line(-0.8, h, 1.1, h, 0.06, c)
    pen.line(-0.3, h, -0.3, h + 0.3, 0.04, c)
    pen.line(-0.3, h + 0.3, 1.0, h, 0.015, c)
    pen.line(-0.3, h + 0.3, -0.75, h, 0.015, c)
    pen.rect(-0.82, h - 0.18, -0.6, h, shade(c, 0.5))
    x = rng.uniform(0, 1)
    pen.line(x, h, x, rng.uniform(0.3, 0.9), 0.015, c)


def pylon(pen, rng, c):
    for s in (-1, 1):
        pen.line(s * 0.35, 0, s * 0.06, 1.5, 0.04, c)
    for k in range(6):
        a, b = 0.35 - 0.29 * k / 6, 0.35 - 0.29 * (k + 1) / 6
        pen.line(-a, 0.25 * k, b, 0.25 * (k + 1), 0.02, c)
        pen.line(a, 0.25 * k, -b, 0.25 * (k + 1), 0.02, c)
    for y in (0.95, 1.2, 1.42):
        w = rng.uniform(0.35, 0.6)
        pen.line(-w, y, w, y, 0.035, c)
        for s in (-1, 1):
            pen.line(s * w, y, s * 1.6, y + 0.12, 0.012, shade(c, 0.6))


def radar_mast(pen, rng, c):
    """A stepped pole with cross-arms, a dish and rods."""
    y, w = 0.0, 0.14
    for _ in range(3):
        top = y + rng.uniform(0.35, 0.5)
        pen.poly([(-w, y), (w, y), (w * 0.75, top), (-w * 0.75, top)], c)
        pen.rect(-w * 2.2, top, w * 2.2, top + 0.05, shade(c, 0.8))
        y, w = top + 0.05, w * 0.6
    pen.line(0, y, 0, y + 0.35, 0.03, c)
    d = rng.choice([-1, 1]) * rng.uniform(0.25, 0.4)
    pen.disc(d, rng.uniform(0.5, 0.9), 0.2, shade(c, 1.2), start=0.6, stop=0.6 + math.pi)
    for x in (-0.25, 0.2):
        pen.line(x, 0.45, x, rng.uniform(0.8, 1.1), 0.02, c)


def wind_turbine(pen, rng, c):
    pen.poly([(-0.05, 0), (0.05, 0), (0.025, 1.1), (-0.025, 1.1)], c)
    a = rng.uniform(0, 2)
    for k in range(3):
        t = a + 2 * math.pi * k / 3
        blade = ((0.05, t + 1.6), (0.7, t), (0.05, t - 1.6))
        pen.poly([(r * math.cos(b), 1.1 + r * math.sin(b)) for r, b in blade], c)
    pen.disc(0, 1.1, 0.06, shade(c, 0.7))


def water_tower(pen, rng, c):
    pen.disc(0, 1.15, 0.45, c, ry=rng.uniform(0.25, 0.4))
    for x in (-0.35, -0.12, 0.12, 0.35):
        pen.line(x, 0, x * 0.8, 1.0, 0.04, shade(c, 0.7))
    for y in (0.3, 0.6):
        pen.line(-0.34, y, 0.34, y, 0.025, shade(c, 0.6))


def lighthouse(pen, rng, c):
    bands = rng.randint(3, 6)
    other = random_colour(rng)
    for k in range(bands):
        y0, y1 = 1.2 * k / bands, 1.2 * (k + 1) / bands
        a, b = 0.26 - 0.1 * y0 / 1.2, 0.26 - 0.1 * y1 / 1.2
        pen.poly([(-a, y0), (a, y0), (b, y1), (-b, y1)], c if k % 2 else other)
    pen.rect(-0.22, 1.2, 0.22, 1.25, (40, 40, 40))
    pen.rect(-0.12, 1.25, 0.12, 1.45, (245, 235, 170))
    pen.poly([(-0.16, 1.45), (0.16, 1.45), (0, 1.62)], other)


def truss_bridge(pen, rng, c):
    n, h = rng.randint(5, 8), rng.uniform(0.3, 0.5)
    pen.line(-1.3, 0.3, 1.3, 0.3, 0.08, c)
    pen.line(-1, 0.3 + h, 1, 0.3 + h, 0.05, c)
    for i in range(n):
        x0, x1 = -1 + 2 * i / n, -1 + 2 * (i + 1) / n
        pen.path([(x0, 0.3), ((x0 + x1) / 2, 0.3 + h), (x1, 0.3)], 0.04, c)
    for x in (-1, 0, 1):
        pen.rect(x - 0.07, -0.2, x + 0.07, 0.3, shade(c, 0.6))


def arch_bridge(pen, rng, c):
    n = rng.randint(2, 5)
    w = 2.6 / n
    pen.rect(-1.3, 0.45, 1.3, 0.6, c)
    for i in range(n + 1):
        pen.rect(-1.3 + i * w - 0.07, -0.1, -1.3 + i * w + 0.07, 0.5, c)
    for i in range(n):
        x = -1.3 + (i + 0.5) * w
        steps = [math.pi * k / 10 for k in range(11)]
        pts = [(x + (w / 2 - 0.03) * math.cos(a), 0.05 + 0.42 * math.sin(a)) for a in steps]
        pen.path(pts, 0.1, shade(c, 0.9))


def suspension_bridge(pen, rng, c):
    pen.line(-1.6, 0.35, 1.6, 0.35, 0.06, c)
    for x in (-0.7, 0.7):
        pen.rect(x - 0.05, -0.1, x + 0.05, 1.1, shade(c, 0.8))
    cable = [(x / 10, 0.4 + 0.65 * (x / 7) ** 2) for x in range(-7, 8)]
    pen.path(cable, 0.025, c)
    for x, y in cable[::2]:
        pen.line(x, 0.35, x, y, 0.012, c)
    for s in (-1, 1):
        pen.line(s * 0.7, 1.05, s * 1.5, 0.35, 0.025, c)


def viaduct(pen, rng, c):
    """A level deck on thin piers, small things on top."""
    y = rng.uniform(0.35, 0.55)
    pen.rect(-1.6, y, 1.6, y + 0.08, c)
    for i in range(7):
        x = -1.4 + i * 0.47
        pen.poly([(x - 0.04, -0.1), (x + 0.04, -0.1), (x + 0.07, y), (x - 0.07, y)], shade(c, 0.75))
    for _ in range(rng.randint(3, 6)):
        x, w = rng.uniform(-1.2, 1.2), rng.uniform(0.08, 0.2)
        pen.rect(x, y + 0.08, x + w, y + 0.08 + rng.uniform(0.06, 0.13), random_colour(rng))


def pipe_rack(pen, rng, c):
    """Long pipes on trestles with valves and one loop."""
    for i in range(7):
        x = -1.2 + i * 0.4
        pen.line(x, 0, x, 0.32, 0.05, shade(c, 0.5))
    for k in range(rng.randint(3, 5)):
        pen.line(-1.3, 0.2 + 0.08 * k, 1.3, 0.2 + 0.08 * k, 0.045, shade(c, rng.uniform(0.7, 1.3)))
    x = rng.uniform(-0.7, 0.4)
    pen.path([(x, 0.4), (x, 0.75), (x + 0.3, 0.75), (x + 0.3, 0.4)], 0.05, c)
    for _ in range(4):
        v = rng.uniform(-1.1, 1.1)
        pen.line(v, 0.4, v, 0.55, 0.03, c)
        pen.disc(v, 0.56, 0.05, random_colour(rng))


def pump_jack(pen, rng, c):
    a = rng.uniform(-0.25, 0.25)
    pen.poly([(-0.3, 0), (-0.22, 0), (0.02, 0.8), (-0.05, 0.8)], c)
    pen.poly([(0.22, 0), (0.3, 0), (0.05, 0.8), (-0.02, 0.8)], c)
    pen.line(-0.8, 0.8 - 0.8 * a, 0.8, 0.8 + 0.8 * a, 0.1, c)
    pen.poly([(0.75, 0.7 + 0.8 * a), (0.95, 0.55 + 0.8 * a), (0.95, 1.0 + 0.8 * a), (0.75, 0.95 + 0.8 * a)], c)
    pen.line(0.92, 0.6 + 0.8 * a, 0.92, 0, 0.02, c)
    pen.rect(-1, 0, -0.6, 0.3, shade(c, 0.6))
    pen.line(-0.8, 0.3, -0.75, 0.8 - 0.8 * a, 0.05, shade(c, 0.7))


def scaffold(pen, rng, c):
    cols, rows = rng.randint(4, 7), rng.randint(3, 5)
    for i in range(cols + 1):
        pen.line(-1 + 2 * i / cols, 0, -1 + 2 * i / cols, 1.1, 0.03, c)
    for j in range(rows + 1):
        pen.line(-1.05, 1.1 * j / rows, 1.05, 1.1 * j / rows, 0.04, shade(c, 0.8))
    for j in range(rows):
        i = rng.randrange(cols)
        pen.line(-1 + 2 * i / cols, 1.1 * j / rows, -1 + 2 * (i + 1) / cols, 1.1 * (j + 1) / rows, 0.025, c)


def fence(pen, rng, c):
    n, h = rng.randint(10, 18), rng.uniform(0.4, 0.7)
    for y in (0.25, 0.75):
        pen.line(-1.5, h * y, 1.5, h * y, 0.05, shade(c, 0.8))
    for i in range(n):
        x = -1.5 + 3 * i / n
        pen.poly([(x, 0), (x + 0.1, 0), (x + 0.1, h), (x + 0.05, h + 0.08), (x, h)], c)


def broadleaf_tree(pen, rng, c):
    pen.poly([(-0.08, 0), (0.08, 0), (0.05, 0.7), (-0.05, 0.7)], (85, 60, 40))
    for _ in range(14):
        pen.disc(rng.gauss(0, 0.28), 0.95 + rng.gauss(0, 0.2), rng.uniform(0.15, 0.3), shade(c, rng.uniform(0.7, 1.2)))


def conifer(pen, rng, c):
    pen.rect(-0.05, 0, 0.05, 0.25, (80, 58, 40))
    n = rng.randint(3, 6)
    for k in range(n):
        y, w = 0.2 + 1.1 * k / n, 0.5 * (1 - k / (n + 0.5))
        pen.poly([(-w, y), (w, y), (0, y + 1.8 / n)], shade(c, rng.uniform(0.8, 1.1)))


def palm(pen, rng, c):
    lean = rng.uniform(-0.3, 0.3)
    pen.path([(0, 0), (lean * 0.3, 0.5), (lean, 1.1)], 0.08, (110, 85, 60))
    for k in range(rng.randint(6, 9)):
        a = rng.uniform(-0.4, math.pi + 0.4)
        x, y = lean + 0.35 * math.cos(a), 1.1 + 0.28 * math.sin(a)
        pen.path([(lean, 1.1), (x, y), (x + 0.3 * math.cos(a), y - 0.18)], 0.07, shade(c, rng.uniform(0.7, 1.1)))


def mountains(pen, rng, c):
    for layer in range(3):
        pts, x = [(-2, -0.1)], -2.0
        while x < 2:
            pts.append((x, rng.uniform(0.2, 1.3 - 0.35 * layer)))
            x += rng.uniform(0.25, 0.6)
        pen.poly(pts + [(2, -0.1)], shade(c, 1.2 - 0.3 * layer))


def chair(pen, rng, c):
    s = rng.uniform(0.35, 0.5)
    pen.line(-s, 0, -s, 1.3, 0.08, c)
    pen.line(s, 0, s, 0.6, 0.08, c)
    pen.rect(-s, 0.55, s, 0.65, shade(c, 0.85))
    for y in (0.85, 1.05, 1.25):
        pen.line(-s, y, -s + 0.2, y + 0.04, 0.07, c)
    pen.line(-s + 0.2, 0.62, -s + 0.2, 1.32, 0.07, shade(c, 0.8))
    pen.line(s - 0.2, 0, s - 0.2, 0.6, 0.06, shade(c, 0.7))


def table(pen, rng, c):
    pen.poly([(-1, 0.7), (1, 0.7), (0.85, 0.85), (-0.85, 0.85)], shade(c, 1.1))
    pen.rect(-1, 0.62, 1, 0.7, c)
    for x in (-0.9, 0.82, -0.65, 0.6):
        pen.rect(x, 0 if abs(x) > 0.7 else 0.12, x + 0.08, 0.64, shade(c, 0.7))
    if rng.random() < 0.6:
        pen.rect(-0.1, 0.78, 0.1, rng.uniform(0.95, 1.2), random_colour(rng))


def umbrella(pen, rng, c):
    n = rng.randint(4, 7)
    other = random_colour(rng)
    for k in range(n):
        a, b = math.pi * k / n, math.pi * (k + 1) / n
        arc = [(0.9 * math.cos(a + (b - a) * t / 5), 0.7 + 0.6 * math.sin(a + (b - a) * t / 5)) for t in range(6)]
        pen.poly([(0, 1.3)] + arc, c if k % 2 else other)
    pen.line(0, 0.1, 0, 1.35, 0.05, shade(c, 0.4))
    pen.path([(0, 0.1), (0.06, 0), (0.14, 0.0), (0.18, 0.1)], 0.05, shade(c, 0.4))


STRUCTURES = {f.__name__.replace("_", " "): f for f in (
    container_yard, gantry_crane, tower_crane, pylon, radar_mast, wind_turbine, water_tower, lighthouse,
    truss_bridge, arch_bridge, suspension_bridge, viaduct, pipe_rack, pump_jack, scaffold, fence,
    broadleaf_tree, conifer, palm, mountains, chair, table, umbrella)}
