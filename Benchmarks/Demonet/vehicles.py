"""Land vehicles and aircraft: x from -1 to 1, the ground at y = 0."""
from pen import random_colour, shade

DARK = (30, 30, 34)


def _wheels(pen, xs, r):
    for x in xs:
        pen.disc(x, r, r, DARK)
        pen.disc(x, r, r * 0.45, (150, 150, 150))


def car(pen, rng, c):
    pen.poly([(-1, 0.15), (-1, 0.42), (-0.6, 0.5), (-0.35, 0.78), (0.35, 0.78), (0.65, 0.48), (1, 0.4), (1, 0.15)], c)
    pen.poly([(-0.5, 0.5), (-0.3, 0.72), (0, 0.72), (0, 0.5)], shade(c, 0.35))
    pen.poly([(0.06, 0.5), (0.06, 0.72), (0.3, 0.72), (0.52, 0.5)], shade(c, 0.35))
    _wheels(pen, (-0.6, 0.6), 0.2)


def bus(pen, rng, c):
    pen.rect(-1, 0.1, 1, 0.75, c)
    pen.rect(-1, 0.25, 1, 0.32, random_colour(rng))
    pen.windows(-0.95, 0.4, 0.95, 0.72, rng.randint(6, 9), 1, DARK, 0.8)
    _wheels(pen, (-0.65, 0.6), 0.13)


def container_truck(pen, rng, c):
    pen.rect(-1, 0.22, 0.55, 0.85, c)
    for i in range(12):
        pen.line(-0.95 + i * 0.13, 0.25, -0.95 + i * 0.13, 0.82, 0.02, shade(c, 0.75))
    pen.poly([(0.6, 0.15), (1, 0.15), (1, 0.45), (0.9, 0.75), (0.6, 0.75)], random_colour(rng))
    pen.poly([(0.78, 0.45), (0.98, 0.45), (0.89, 0.68), (0.78, 0.68)], DARK)
    pen.rect(-1, 0.15, 0.7, 0.22, DARK)
    _wheels(pen, (-0.8, -0.55, 0.4, 0.82), 0.12)


def tank_truck(pen, rng, c):
    pen.disc(-0.92, 0.5, 0.1, c, ry=0.25)
    pen.rect(-0.92, 0.25, 0.48, 0.75, c)
    pen.disc(0.48, 0.5, 0.1, c, ry=0.25)
    pen.rect(-0.92, 0.6, 0.48, 0.68, shade(c, 1.3))
    for x in (-0.6, -0.2, 0.2):
        pen.rect(x - 0.06, 0.75, x + 0.06, 0.82, shade(c, 0.6))
    pen.poly([(0.62, 0.15), (1, 0.15), (1, 0.45), (0.9, 0.7), (0.62, 0.7)], random_colour(rng))
    pen.rect(-1, 0.15, 0.7, 0.22, DARK)
    _wheels(pen, (-0.8, -0.5, 0.4, 0.82), 0.12)


def container_train(pen, rng, c):
    for i in range(rng.randint(5, 8)):
        x = -1.4 + i * 0.44
        pen.rect(x, 0.08, x + 0.42, 0.13, DARK)
        if rng.random() < 0.85:
            pen.rect(x + 0.02, 0.13, x + 0.4, 0.33, random_colour(rng))
        if rng.random() < 0.5:
            pen.rect(x + 0.02, 0.33, x + 0.4, 0.52, random_colour(rng))
        _wheels(pen, (x + 0.08, x + 0.34), 0.05)


def tank_train(pen, rng, c):
    for i in range(rng.randint(4, 6)):
        x = -1.4 + i * 0.56
        pen.rect(x, 0.1, x + 0.53, 0.15, DARK)
        pen.disc(x + 0.05, 0.29, 0.05, c, ry=0.15)
        pen.rect(x + 0.05, 0.14, x + 0.47, 0.44, c)
        pen.disc(x + 0.47, 0.29, 0.05, c, ry=0.15)
        pen.rect(x + 0.05, 0.35, x + 0.47, 0.4, shade(c, 1.3))
        pen.rect(x + 0.22, 0.44, x + 0.3, 0.5, shade(c, 0.6))
        _wheels(pen, (x + 0.1, x + 0.43), 0.06)


def passenger_train(pen, rng, c):
    stripe = random_colour(rng)
    for i in range(rng.randint(2, 4)):
        x = -1.3 + i * 0.95
        pen.rect(x, 0.1, x + 0.92, 0.5, c)
        pen.rect(x, 0.17, x + 0.92, 0.22, stripe)
        pen.windows(x + 0.03, 0.28, x + 0.89, 0.44, rng.randint(6, 9), 1, DARK, 0.65)
        _wheels(pen, (x + 0.15, x + 0.77), 0.06)
    pen.line(-1.4, 0.72, 1.8, 0.72, 0.012, DARK)


def steam_engine(pen, rng, c):
    pen.rect(-0.5, 0.3, 0.75, 0.65, c)
    pen.disc(0.75, 0.47, 0.05, c, ry=0.18)
    pen.rect(-0.95, 0.2, -0.5, 0.9, shade(c, 0.8))
    pen.rect(-0.85, 0.6, -0.6, 0.8, (200, 200, 180))
    pen.rect(-1.02, 0.9, -0.44, 0.95, DARK)
    pen.poly([(0.5, 0.65), (0.62, 0.65), (0.67, 0.98), (0.45, 0.98)], DARK)
    pen.disc(0.1, 0.65, 0.1, shade(c, 0.7))
    for k in range(3):
        pen.disc(0.4 - k * 0.3, 1.1 + k * 0.1, 0.12 + 0.05 * k, (220, 220, 222))
    _wheels(pen, (-0.75, -0.35, 0.0, 0.35), 0.18)
    pen.line(-0.75, 0.18, 0.35, 0.18, 0.04, (160, 160, 160))


def battle_tank(pen, rng, c):
    pen.poly([(-1, 0.12), (-0.85, 0), (0.85, 0), (1, 0.14), (0.9, 0.28), (-0.95, 0.28)], DARK)
    pen.poly([(-0.95, 0.28), (0.95, 0.28), (0.75, 0.42), (-0.9, 0.42)], c)
    pen.poly([(-0.45, 0.42), (0.4, 0.42), (0.28, 0.66), (-0.35, 0.66)], shade(c, 0.9))
    pen.line(0.3, 0.55, 1.2, rng.uniform(0.55, 0.85), 0.07, shade(c, 0.8))
    for i in range(6):
        pen.disc(-0.7 + i * 0.28, 0.11, 0.1, shade(c, 0.6))
    pen.line(-0.3, 0.66, -0.3, 1.0, 0.02, DARK)


def field_gun(pen, rng, c):
    tip = rng.uniform(0.5, 1.1)
    pen.line(-0.3, 0.3, 1, tip, 0.1, c)
    pen.line(-0.3, 0.3, 0.2, 0.3 + (tip - 0.3) * 0.4, 0.16, shade(c, 0.8))
    pen.line(0, 0.3, -1, 0, 0.08, shade(c, 0.8))
    pen.poly([(0.05, 0.15), (0.2, 0.15), (0.15, 0.75), (0.0, 0.75)], shade(c, 1.1))
    _wheels(pen, (0,), 0.28)


def excavator(pen, rng, c):
    pen.poly([(-0.8, 0.1), (-0.7, 0), (0.3, 0), (0.4, 0.1), (0.3, 0.2), (-0.7, 0.2)], DARK)
    pen.rect(-0.75, 0.22, 0.2, 0.5, c)
    pen.rect(-0.1, 0.5, 0.2, 0.82, shade(c, 0.4))
    elbow, tip = (rng.uniform(0.5, 0.7), rng.uniform(0.9, 1.2)), (1.0, rng.uniform(0.3, 0.6))
    pen.path([(0.15, 0.4), elbow, tip], 0.1, c)
    pen.poly([tip, (tip[0] + 0.12, tip[1] - 0.2), (tip[0] - 0.2, tip[1] - 0.25)], DARK)


def airliner(pen, rng, c):
    pen.poly([(-1, 0.38), (-0.8, 0.28), (0.85, 0.25), (1.05, 0.36), (0.85, 0.5), (-0.9, 0.48)], c)
    pen.poly([(-1, 0.45), (-0.7, 0.47), (-0.95, 0.95), (-1.08, 0.95)], random_colour(rng))
    pen.poly([(-0.1, 0.33), (0.25, 0.33), (-0.3, 0.08), (-0.42, 0.08)], shade(c, 0.7))
    pen.disc(0.05, 0.18, 0.13, shade(c, 0.6), ry=0.07)
    pen.windows(-0.75, 0.38, 0.75, 0.45, 18, 1, DARK, 0.5)
    if rng.random() < 0.6:
        for x in (-0.2, 0.75):
            pen.line(x, 0.25, x, 0.05, 0.03, DARK)
            pen.disc(x, 0.05, 0.05, DARK)


def parked_jets(pen, rng, c):
    """A row of small fighters on a flat apron."""
    apron = rng.choice([(95, 98, 102), (140, 140, 135), (70, 72, 75)])
    pen.poly([(-1.6, -0.25), (1.6, -0.25), (1.3, 0.06), (-1.3, 0.06)], apron)
    n = rng.randint(3, 5)
    for i in range(n):
        x, y, s = -1 + 2 * i / (n - 1), rng.uniform(-0.1, 0.0), rng.uniform(0.85, 1.1)

        def part(outline, colour):
            pen.poly([(x + dx * s, y + dy) for dx, dy in outline], colour)

        part([(-0.22, 0.1), (0.1, 0.17), (0.28, 0.09), (-0.2, 0.04)], c)
        part([(-0.22, 0.1), (-0.1, 0.1), (-0.2, 0.28), (-0.27, 0.28)], shade(c, 0.8))
        part([(-0.1, 0.07), (0.08, 0.07), (-0.12, -0.03)], shade(c, 0.6))
        pen.line(x, y + 0.05, x, y - 0.04, 0.02, DARK)


def helicopter(pen, rng, c):
    y = rng.uniform(0.0, 0.4)
    pen.disc(0.25, y + 0.35, 0.42, c, ry=0.25)
    pen.poly([(-1, y + 0.52), (0, y + 0.48), (0, y + 0.28), (-1, y + 0.44)], c)
    pen.poly([(-1.05, y + 0.75), (-0.92, y + 0.75), (-0.85, y + 0.42), (-1, y + 0.42)], shade(c, 0.7))
    pen.disc(0.42, y + 0.38, 0.2, shade(c, 0.35), ry=0.13)
    pen.line(0.2, y + 0.58, 0.2, y + 0.72, 0.06, DARK)
    pen.line(-0.8, y + 0.72, 1.2, y + rng.uniform(0.68, 0.78), 0.035, DARK)
    pen.line(-0.15, y + 0.03, 0.65, y + 0.03, 0.035, DARK)
    for x in (0.05, 0.45):
        pen.line(x, y + 0.03, x, y + 0.15, 0.03, DARK)


VEHICLES = {f.__name__.replace("_", " "): f for f in (
    car, bus, container_truck, tank_truck, container_train, tank_train, passenger_train, steam_engine,
    battle_tank, field_gun, excavator, airliner, parked_jets, helicopter)}
