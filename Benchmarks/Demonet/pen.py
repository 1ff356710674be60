"""Drawing in world units: every class is described once, the pen varies pose, perspective and light."""
import math

from PIL import ImageDraw


def mix(a, b, t):
    """The colour a fraction t of the way from a to b."""
    return tuple(int(x + (y - x) * t) for x, y in zip(a, b))


def shade(colour, factor):
    return tuple(max(0, min(255, int(x * factor))) for x in colour)


def random_colour(rng):
    """Saturated, pastel, dark or grey with equal right, so that hue says little about the class."""
    kind = rng.random()
    if kind < 0.3:
        level = rng.randint(20, 240)
        return tuple(max(0, min(255, level + rng.randint(-12, 12))) for _ in range(3))
    base = tuple(rng.randint(0, 255) for _ in range(3))
    if kind < 0.5:
        return mix(base, (255, 255, 255), 0.5)
    if kind < 0.7:
        return shade(base, 0.45)
    return base


class Pen:
    """Maps points (x to the right, y up) through a random pose to pixels, and colours through haze."""

    def __init__(self, image, rng, centre, scale, angle=0.0, flip=False, squeeze=1.0, bend=0.0,
                 haze=0.0, haze_colour=(200, 200, 200)):
        self.draw = ImageDraw.Draw(image)
        self.rng = rng
        self.centre, self.scale = centre, scale
        self.cos, self.sin = math.cos(angle), math.sin(angle)
        self.sign = -squeeze if flip else squeeze
        self.bend = bend
        self.haze, self.haze_colour = haze, haze_colour

    def point(self, x, y):
        depth = 1.0 / (1.0 + self.bend * x)   # a one-point perspective along the long axis
        x, y = x * self.sign * depth, y * depth
        return (self.centre[0] + self.scale * (x * self.cos - y * self.sin),
                self.centre[1] - self.scale * (x * self.sin + y * self.cos))

    def tone(self, colour):
        return mix(colour, self.haze_colour, self.haze)

    def poly(self, points, colour):
        self.draw.polygon([self.point(x, y) for x, y in points], fill=self.tone(colour))

    def rect(self, x0, y0, x1, y1, colour):
        self.poly([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], colour)

    def disc(self, x, y, rx, colour, ry=None, start=0.0, stop=2 * math.pi):
        ry = rx if ry is None else ry
        steps = [start + (stop - start) * i / 23 for i in range(24)]
        self.poly([(x + rx * math.cos(a), y + ry * math.sin(a)) for a in steps], colour)

    def line(self, x0, y0, x1, y1, width, colour):
        length = math.hypot(x1 - x0, y1 - y0) or 1e-6
        dx, dy = -(y1 - y0) / length * width / 2, (x1 - x0) / length * width / 2
        self.poly([(x0 + dx, y0 + dy), (x1 + dx, y1 + dy), (x1 - dx, y1 - dy), (x0 - dx, y0 - dy)], colour)

    def path(self, points, width, colour):
        for (x0, y0), (x1, y1) in zip(points, points[1:]):
            self.line(x0, y0, x1, y1, width, colour)

    def windows(self, x0, y0, x1, y1, columns, rows, colour, fill=0.55):
        """A grid of openings inside a rectangle."""
        w, h = (x1 - x0) / columns, (y1 - y0) / rows
        for i in range(columns):
            for j in range(rows):
                x, y = x0 + (i + 0.5) * w, y0 + (j + 0.5) * h
                self.rect(x - w * fill / 2, y - h * fill / 2, x + w * fill / 2, y + h * fill / 2, colour)
