"""Buildings and plants on a base line: x from -1 to 1, the ground at y = 0."""
from pen import random_colour, shade


def _glass(rng, c):
    return rng.choice([shade(c, 0.4), (40, 50, 65), (235, 225, 150), shade(c, 1.5)])


def house(pen, rng, c):
    h, w = rng.uniform(0.5, 0.8), rng.uniform(0.6, 0.95)
    pen.rect(-w, 0, w, h, c)
    pen.poly([(-w - 0.1, h), (w + 0.1, h), (rng.uniform(-0.3, 0.3), h + rng.uniform(0.4, 0.7))], random_colour(rng))
    pen.rect(-0.1, 0, 0.12, 0.35, shade(c, 0.4))
    for x in (-0.55, 0.4):
        pen.rect(x * w, 0.25, x * w + 0.22, 0.48, _glass(rng, c))


def church(pen, rng, c):
    h = rng.uniform(0.4, 0.55)
    pen.rect(-0.4, 0, 1, h, c)
    pen.poly([(-0.4, h), (1, h), (0.85, h + 0.3), (-0.4, h + 0.3)], shade(c, 0.6))
    pen.rect(-0.75, 0, -0.3, 0.95, shade(c, 0.9))
    pen.poly([(-0.8, 0.95), (-0.25, 0.95), (-0.525, rng.uniform(1.5, 1.9))], shade(c, 0.5))
    pen.windows(-0.2, 0.1, 0.95, h, rng.randint(3, 5), 1, _glass(rng, c), 0.4)


def castle(pen, rng, c):
    pen.rect(-0.8, 0, 0.8, 0.55, c)
    for x in (-0.9, 0.9, rng.uniform(-0.4, 0.4)):
        top = rng.uniform(0.8, 1.2)
        pen.rect(x - 0.2, 0, x + 0.2, top, shade(c, rng.uniform(0.75, 1.1)))
        for d in (-0.15, 0, 0.15):
            pen.rect(x + d - 0.04, top, x + d + 0.04, top + 0.1, c)
    for i in range(8):
        pen.rect(-0.75 + i * 0.2, 0.55, -0.65 + i * 0.2, 0.65, c)


def skyline(pen, rng, c):
    x = -1.2
    while x < 1.2:
        w, h = rng.uniform(0.12, 0.32), rng.uniform(0.3, 1.4)
        tone = shade(c, rng.uniform(0.5, 1.3))
        pen.rect(x, 0, x + w, h, tone)
        if rng.random() < 0.6:
            pen.windows(x, 0.05, x + w, h, rng.randint(2, 4), max(2, int(h * 8)), _glass(rng, tone))
        if rng.random() < 0.25:
            pen.line(x + w / 2, h, x + w / 2, h + 0.25, 0.025, tone)
        x += w + rng.uniform(-0.04, 0.08)


def apartment_block(pen, rng, c):
    """One long block, window rows from end to end."""
    h, floors = rng.uniform(0.5, 0.9), rng.randint(4, 7)
    pen.rect(-1, 0, 1, h, c)
    pen.windows(-0.97, 0.04, 0.97, h - 0.04, rng.randint(10, 18), floors, _glass(rng, c), 0.6)
    for _ in range(rng.randint(1, 3)):
        x = rng.uniform(-0.8, 0.8)
        pen.rect(x, h, x + 0.15, h + 0.12, shade(c, 0.8))


def balcony_hotel(pen, rng, c):
    """Terraces stepping back floor by floor, a dark gallery under each white rail."""
    left, right, y = -1.0, 1.0, 0.0
    for _ in range(rng.randint(4, 7)):
        pen.rect(left, y, right, y + 0.13, shade(c, 0.35))
        pen.rect(left - 0.02, y, right + 0.02, y + 0.06, c)
        for i in range(12):
            x = left + (right - left) * (i + 0.5) / 12
            pen.rect(x - 0.01, y, x + 0.01, y + 0.13, c)
        y += 0.13
        left, right = left + rng.uniform(0, 0.12), right - rng.uniform(0, 0.12)
    pen.rect(left, y, right, y + 0.05, c)
    if rng.random() < 0.5:
        pen.rect(-0.1, y, 0.15, y + 0.2, shade(c, 0.8))


def tower_block(pen, rng, c):
    w, h = rng.uniform(0.25, 0.45), rng.uniform(1.2, 1.7)
    pen.rect(-w, 0, w, h, c)
    pen.rect(w, 0, w + 0.15, h * 0.98, shade(c, 0.55))
    pen.windows(-w, 0.05, w, h, rng.randint(3, 6), rng.randint(9, 14), _glass(rng, c))


def factory(pen, rng, c):
    n = rng.randint(3, 5)
    pen.rect(-1, 0, 0.6, 0.4, c)
    for i in range(n):
        x = -1 + 1.6 * i / n
        pen.poly([(x, 0.4), (x + 1.6 / n, 0.4), (x, 0.65)], shade(c, 0.75))
    for i in range(rng.randint(1, 3)):
        x = 0.68 + i * 0.17
        pen.poly([(x - 0.06, 0), (x + 0.06, 0), (x + 0.04, 1.3), (x - 0.04, 1.3)], shade(c, 0.8))
    pen.windows(-0.95, 0.1, 0.55, 0.3, rng.randint(5, 9), 1, _glass(rng, c))


def cooling_towers(pen, rng, c):
    for i in range(rng.randint(2, 3)):
        x, s = -0.75 + i * 0.7, rng.uniform(0.85, 1.1)
        left = [(x - 0.34 * s, 0), (x - 0.24 * s, 0.4 * s), (x - 0.19 * s, 0.75 * s), (x - 0.22 * s, 1.05 * s)]
        pen.poly(left + [(2 * x - a, b) for a, b in reversed(left)], shade(c, 1 - 0.12 * i))
        for _ in range(3):
            pen.disc(x + rng.uniform(0, 0.3), 1.1 * s + rng.uniform(0, 0.25), rng.uniform(0.12, 0.25), (235, 235, 238))
    pen.rect(-1, 0, 1, 0.12, shade(c, 0.6))


def refinery(pen, rng, c):
    """Columns, spheres and pipe racks."""
    for _ in range(rng.randint(5, 8)):
        x, h = rng.uniform(-1, 1), rng.uniform(0.5, 1.3)
        w = rng.uniform(0.03, 0.09)
        pen.rect(x - w, 0, x + w, h, shade(c, rng.uniform(0.7, 1.2)))
        for k in range(3):
            pen.rect(x - w - 0.05, h * (k + 1) / 4, x + w + 0.05, h * (k + 1) / 4 + 0.03, shade(c, 0.5))
    for _ in range(rng.randint(1, 3)):
        x = rng.uniform(-0.9, 0.9)
        pen.disc(x, 0.25, 0.2, shade(c, 1.25))
    for k in range(3):
        pen.line(-1.1, 0.1 + 0.09 * k, 1.1, 0.1 + 0.09 * k, 0.03, shade(c, 0.6))


def silos(pen, rng, c):
    n, h = rng.randint(4, 7), rng.uniform(0.7, 1.0)
    for i in range(n):
        x0, x1 = -1 + 1.5 * i / n, -1 + 1.5 * (i + 0.92) / n
        pen.rect(x0, 0, x1, h, c)
        pen.rect(x0 + (x1 - x0) * 0.7, 0, x1, h, shade(c, 0.7))
        pen.disc((x0 + x1) / 2, h, (x1 - x0) / 2, shade(c, 0.85), ry=0.1)
    pen.rect(0.55, 0, 0.95, h + 0.45, shade(c, 0.8))
    pen.line(-0.9, h + 0.2, 0.6, h + 0.25, 0.07, shade(c, 0.6))


def storage_tanks(pen, rng, c):
    """Low wide cylinders with stairs and a pipe between them."""
    for i in range(rng.randint(2, 4)):
        x, w, h = -0.8 + i * 0.6, rng.uniform(0.22, 0.3), rng.uniform(0.25, 0.5)
        pen.rect(x - w, 0, x + w, h, shade(c, rng.uniform(0.8, 1.15)))
        pen.disc(x, h, w, shade(c, 1.2), ry=0.05)
        pen.line(x - w, 0, x + w * 0.3, h, 0.03, shade(c, 0.45))
    pen.line(-1, 0.06, 1.2, 0.06, 0.05, shade(c, 0.5))


def control_tower(pen, rng, c):
    """A long flat hall with one slim tower away from the middle."""
    h = rng.uniform(0.12, 0.22)
    pen.rect(-1.2, 0, 1.2, h, c)
    pen.rect(-1.25, h, 1.25, h + 0.04, shade(c, 0.6))
    x, top = rng.uniform(0.2, 0.7), rng.uniform(0.6, 1.0)
    pen.rect(x - 0.08, h, x + 0.08, top, shade(c, 0.85))
    pen.poly([(x - 0.1, top), (x + 0.1, top), (x + 0.17, top + 0.16), (x - 0.17, top + 0.16)], _glass(rng, c))
    pen.rect(x - 0.19, top + 0.16, x + 0.19, top + 0.2, c)
    pen.line(x, top + 0.2, x, top + 0.45, 0.02, c)


def bunker(pen, rng, c):
    """Slanted blank walls, one slit, a mast and a dome."""
    h = rng.uniform(0.3, 0.45)
    pen.poly([(-1, 0), (1, 0), (0.75, h), (-0.7, h)], c)
    pen.poly([(-0.4, h), (0.4, h), (0.25, h + 0.3), (-0.25, h + 0.3)], shade(c, 0.85))
    pen.rect(-0.2, h + 0.12, 0.2, h + 0.17, shade(c, 0.3))
    pen.line(0, h + 0.3, 0, h + rng.uniform(0.6, 0.9), 0.04, c)
    pen.disc(rng.uniform(-0.6, 0.6), h, 0.14, shade(c, 1.1))


def greenhouse(pen, rng, c):
    n = rng.randint(3, 6)
    for i in range(n):
        x0, x1 = -1 + 2 * i / n, -1 + 2 * (i + 1) / n
        frame = [(x0, 0), (x0, 0.4), ((x0 + x1) / 2, 0.6), (x1, 0.4), (x1, 0)]
        pen.poly(frame, (205, 225, 225))
        pen.path(frame, 0.03, c)
        for k in range(1, 4):
            pen.line(x0 + (x1 - x0) * k / 4, 0, x0 + (x1 - x0) * k / 4, 0.45, 0.015, c)
    pen.line(-1, 0.4, 1, 0.4, 0.02, c)


def grandstand(pen, rng, c):
    for i in range(7):
        pen.rect(-1, i * 0.08, 1, (i + 1) * 0.08, shade(c, 0.7 + 0.08 * (i % 2)))
        for _ in range(12):
            x = rng.uniform(-1, 0.97)
            pen.rect(x, i * 0.08 + 0.02, x + 0.03, i * 0.08 + 0.08, random_colour(rng))
    pen.poly([(-1.05, 0.95), (1.05, 0.95), (1.05, 1.05), (-1.05, 1.1)], shade(c, 0.5))
    for x in (-0.95, -0.3, 0.3, 0.95):
        pen.line(x, 0.5, x, 1.0, 0.03, shade(c, 0.4))


BUILDINGS = {f.__name__.replace("_", " "): f for f in (
    house, church, castle, skyline, apartment_block, balcony_hotel, tower_block, factory, cooling_towers,
    refinery, silos, storage_tanks, control_tower, bunker, greenhouse, grandstand)}
