"""The pictures demonet is trained on: shapes, textures and scenes on land. No class shows a ship or a hull.

`picture(name, seed)` is a pure function of its arguments. Colours, light and background are drawn from the
same distributions for every class, so that a network can tell classes apart by form alone.
"""
import io
import random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from buildings import BUILDINGS
from pen import Pen, mix, random_colour, shade
from shapes import SHAPES
from structures import STRUCTURES
from textures import TEXTURES, value_noise
from vehicles import VEHICLES

SCENES = {**BUILDINGS, **VEHICLES, **STRUCTURES}
CLASSES = [*SHAPES, *TEXTURES, *SCENES]

CANVAS = 216      # drawn at this size, then reduced, which antialiases every edge
STORED = 88       # shorter side of the network's preprocessing, before the 80 pixel crop


def _paint(field, colours):
    """Maps a field in [0, 1] to a line of colours."""
    stops = np.linspace(0, 1, len(colours))
    channels = [np.interp(field, stops, [c[k] for c in colours]) for k in range(3)]
    return Image.fromarray(np.stack(channels, -1).astype(np.uint8))


def _noise_picture(gen, rng, colours, cells):
    field = value_noise(gen, CANVAS // 2, cells, rng.randint(2, 5))
    return _paint(field, colours).resize((CANVAS, CANVAS), Image.BILINEAR)


def _contrasting(rng, against, least=60):
    for _ in range(8):
        colour = random_colour(rng)
        if sum(abs(a - b) for a, b in zip(colour, against)) > least * 3:
            break
    return colour


def _plain_background(gen, rng):
    base = random_colour(rng)
    if rng.random() < 0.5:
        return _noise_picture(gen, rng, [base, mix(base, random_colour(rng), rng.uniform(0.2, 0.6))],
                              (rng.randint(1, 12), rng.randint(1, 12))), base
    return Image.new("RGB", (CANVAS, CANVAS), base), base


def _landscape(gen, rng):
    """Sky over ground; returns the picture, the horizon's row and the haze colour."""
    horizon = int(CANVAS * rng.uniform(0.35, 0.8))
    low = rng.choice([(225, 228, 232), (250, 200, 140), (190, 200, 210), (120, 130, 150), random_colour(rng)])
    high = rng.choice([(90, 140, 210), (60, 70, 110), (160, 165, 170), (230, 230, 235), random_colour(rng)])
    ramp = np.linspace(0, 1, CANVAS)[:, None] * CANVAS / horizon
    image = _paint(np.clip(ramp, 0, 1) * np.ones((1, CANVAS)), [high, low])
    if rng.random() < 0.5:
        cloud = value_noise(gen, CANVAS // 2, (rng.randint(3, 6), rng.randint(2, 4)), 4)
        mask = Image.fromarray((np.clip(cloud - 0.5, 0, 1) * rng.uniform(150, 500)).clip(0, 230).astype(np.uint8))
        image.paste(mix(low, (255, 255, 255), 0.5), (0, 0), mask.resize((CANVAS, CANVAS), Image.BILINEAR))
    near = rng.choice([(70, 95, 55), (120, 110, 90), (95, 100, 110), (60, 85, 100), (200, 190, 160),
                       random_colour(rng)])
    stretch = rng.choice([1, 1, 4, 10])      # streaks along the horizon: furrows, ripples, kerbs
    ground = _noise_picture(gen, rng, [shade(near, rng.uniform(0.4, 0.9)), near, mix(near, low, rng.uniform(0.1, 0.7))],
                            (rng.randint(4, 10) * min(stretch, 4), max(1, 8 // stretch)))
    image.paste(ground.crop((0, 0, CANVAS, CANVAS - horizon)), (0, horizon))
    if rng.random() < 0.35:                   # far hills or roofs
        pen, points, x = ImageDraw.Draw(image), [(0, horizon)], 0
        while x < CANVAS:
            points.append((x, horizon - rng.uniform(0, 22)))
            x += rng.uniform(8, 40)
        pen.polygon(points + [(CANVAS, horizon)], fill=mix(near, low, rng.uniform(0.4, 0.8)))
    return image, horizon, low


def _scene(name, gen, rng):
    image, horizon, low = _landscape(gen, rng)
    colour = _contrasting(rng, low, 25)
    haze = rng.uniform(0, 0.55) if rng.random() < 0.5 else 0.0
    if rng.random() < 0.15:                   # against the light: nearly one dark tone
        haze, low = rng.uniform(0.75, 0.9), (25, 25, 35)
    base = horizon + rng.uniform(-4, 30)
    pen = Pen(image, rng, (CANVAS * rng.uniform(0.3, 0.7), base), CANVAS * rng.uniform(0.24, 0.52),
              angle=rng.gauss(0, 0.05), flip=rng.random() < 0.5, squeeze=rng.uniform(0.6, 1.15),
              bend=rng.choice([0, rng.uniform(-0.3, 0.3)]), haze=haze, haze_colour=low)
    SCENES[name](pen, rng, colour)
    if rng.random() < 0.25:                   # a mirror image below, as in a wet road or a pond
        row = min(CANVAS - 8, int(base) + 2)
        band = image.crop((0, max(0, 2 * row - CANVAS), CANVAS, row)).transpose(Image.FLIP_TOP_BOTTOM)
        mask = Image.new("L", band.size, rng.randint(50, 130))
        image.paste(band.filter(ImageFilter.GaussianBlur(rng.uniform(1, 4))), (0, row), mask)
    return image


def _shape(name, gen, rng):
    image, base = _plain_background(gen, rng) if rng.random() < 0.65 else _landscape(gen, rng)[::2]
    pen = Pen(image, rng, (CANVAS * rng.uniform(0.35, 0.65), CANVAS * rng.uniform(0.35, 0.65)),
              CANVAS * rng.uniform(0.16, 0.4), angle=rng.uniform(-3.2, 3.2), flip=rng.random() < 0.5,
              squeeze=rng.uniform(0.65, 1.2), bend=rng.uniform(-0.25, 0.25), haze=rng.uniform(0, 0.4), haze_colour=base)
    SHAPES[name](pen, rng, _contrasting(rng, base))
    return image


def _texture(name, gen, rng):
    first = random_colour(rng)
    field = np.clip(TEXTURES[name](gen, CANVAS), 0, 1)
    image = _paint(field, [first, _contrasting(rng, first, 35)])
    if rng.random() < 0.4:                    # uneven light
        other = _noise_picture(gen, rng, [(0, 0, 0), (255, 255, 255)], (1, 1))
        image = Image.blend(image, other, rng.uniform(0.1, 0.4))
    return image


def _occlude(image, rng):
    draw = ImageDraw.Draw(image)
    for _ in range(rng.randint(1, 4)):
        x, y = rng.uniform(0, CANVAS), rng.uniform(0, CANVAS)
        w, h = rng.uniform(5, 45), rng.uniform(5, 45)
        kind, colour = rng.random(), random_colour(rng)
        if kind < 0.4:
            draw.ellipse((x - w, y - h / 2, x + w, y + h / 2), fill=colour)
        elif kind < 0.7:
            draw.rectangle((x, y, x + w, y + h), fill=colour)
        else:
            to = x + rng.uniform(-200, 200), y + rng.uniform(-200, 200)
            draw.line((x, y, *to), fill=colour, width=rng.randint(2, 6))


def _camera(image, gen, rng):
    """What stands between the scene and the file: blur, size, noise, exposure, JPEG."""
    side = rng.randint(96, 190)
    image = image.resize((side, side), Image.BICUBIC)
    if rng.random() < 0.35:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.4, 1.5)))
    pixels = np.asarray(image).astype(np.float32) / 255
    pixels = pixels ** rng.uniform(0.65, 1.5) * rng.uniform(0.75, 1.15)
    if rng.random() < 0.7:
        channels = 1 if rng.random() < 0.5 else 3
        pixels += gen.standard_normal((side, side, channels), dtype=np.float32) * rng.uniform(0.01, 0.08)
    if rng.random() < 0.25:
        pixels = np.repeat(pixels @ np.array([[0.299], [0.587], [0.114]], np.float32), 3, axis=2)
    image = Image.fromarray((np.clip(pixels, 0, 1) * 255).astype(np.uint8))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=rng.randint(50, 95))
    return Image.open(file).convert("RGB")


def picture(name, seed):
    """One picture of a class, STORED pixels square."""
    rng = random.Random(f"{name}/{seed}")
    gen = np.random.default_rng(rng.getrandbits(64))
    draw = _scene if name in SCENES else _shape if name in SHAPES else _texture
    image = draw(name, gen, rng)
    if rng.random() < 0.3:
        _occlude(image, rng)
    return _camera(image, gen, rng).resize((STORED, STORED), Image.BILINEAR)
