#!/usr/bin/env python3
"""Writes what Pillow and torchvision make of pictures, for PicturesTests.

    python make_pictures.py [folder with the photographs]

Small pictures go to pictures/, what becomes of them and of generated ones to pictures.json. With the folder named,
digests of its photographs go to photographs.json; the photographs themselves are not committed.

A digest is a polynomial over the bytes, modulo 2^64: h = h * 0x100000001b3 + byte, from 0.
Made with Pillow 13.0 (libjpeg-turbo 3.2), torchvision 0.28 and torch 2.13.
"""
import io
import json
import pathlib
import struct
import sys
import zlib

import numpy as np
import torch
from PIL import Image, ImageOps

# torchvision's wheel registers operations of a compiled library that a CPU-only torch lacks; their names suffice.
_library = torch.library.Library("torchvision", "DEF")
for _op in ("nms", "qnms", "roi_align", "ps_roi_align", "roi_pool", "ps_roi_pool", "deform_conv2d",
            "_roi_align_backward", "_ps_roi_align_backward", "_roi_pool_backward", "_ps_roi_pool_backward",
            "_deform_conv2d_backward"):
    _library.define(_op + "(Tensor a, Tensor b, float c) -> Tensor")
import torchvision  # noqa: E402
from torchvision.transforms import InterpolationMode  # noqa: E402
from torchvision.transforms import functional as F  # noqa: E402
from torchvision.transforms._presets import ImageClassification  # noqa: E402

HERE = pathlib.Path(__file__).parent
FILES = HERE / "pictures"
FILTERS = {"bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC, "lanczos": Image.LANCZOS}
Image.MAX_IMAGE_PIXELS = None

_PRIME = np.uint64(0x100000001B3)
_CHUNK = 1 << 16
with np.errstate(over="ignore"):
    _POWERS = np.concatenate([[np.uint64(1)], np.cumprod(np.full(_CHUNK, _PRIME, np.uint64))])


def digest(array):
    bytes_ = np.frombuffer(np.ascontiguousarray(array).tobytes(), np.uint8)
    h = np.uint64(0)
    with np.errstate(over="ignore"):
        for at in range(0, len(bytes_), _CHUNK):
            part = bytes_[at:at + _CHUNK].astype(np.uint64)
            n = len(part)
            h = h * _POWERS[n] + (part * _POWERS[:n][::-1]).sum(dtype=np.uint64)
    return f"{int(h):016x}"


def noise(width, height, seed, two_valued=False):
    """Numerical Recipes' linear congruential generator, the high byte of each state."""
    count = width * height * 3
    states = np.empty(count, np.uint32)
    state = np.uint32(seed)
    # 2^k steps at once: doubling the known prefix.
    multiplier, increment = np.uint32(1664525), np.uint32(1013904223)
    with np.errstate(over="ignore"):
        states[0] = state * multiplier + increment
        known, a, c = 1, multiplier, increment
        while known < count:
            take = min(known, count - known)
            states[known:known + take] = states[:take] * a + c
            known += take
            a, c = a * a, a * c + c
    high = (states >> 24).astype(np.uint8)
    if two_valued:
        high = np.where(high >= 128, 255, 0).astype(np.uint8)
    return Image.fromarray(high.reshape(height, width, 3))


def gradient(width, height):
    y, x = np.mgrid[0:height, 0:width]
    red = x * 255 // max(width - 1, 1)
    green = y * 255 // max(height - 1, 1)
    blue = (x * 7 + y * 13) % 256
    return Image.fromarray(np.stack([red, green, blue], 2).astype(np.uint8))


# MARK: resizing


def resizes():
    cases = []
    sizes = [((1, 1), (1, 1)), ((1, 1), (5, 7)), ((1, 40), (3, 9)), ((40, 1), (9, 3)), ((5, 7), (5, 7)),
             ((5, 7), (7, 5)), ((13, 17), (13, 4)), ((13, 17), (4, 17)), ((64, 48), (32, 24)),
             ((64, 48), (31, 23)), ((400, 711), (256, 455)), ((711, 400), (455, 256)), ((7, 500), (3, 200)),
             ((500, 7), (200, 3)), ((300, 900), (100, 300)), ((100, 300), (50, 199)), ((100, 300), (50, 200)),
             ((100, 300), (50, 201)), ((23, 29), (230, 290)), ((257, 3), (2, 600)), ((1000, 2), (3, 1)),
             ((2, 1000), (1, 3))]
    for index, (before, after) in enumerate(sizes):
        for name, filter_ in FILTERS.items():
            picture = noise(*before, seed=index, two_valued=index % 2 == 1)
            result = picture.resize(after, filter_)
            cases.append({"width": before[0], "height": before[1], "seed": index,
                          "twoValued": index % 2 == 1, "toWidth": after[0], "toHeight": after[1],
                          "interpolation": name, "digest": digest(np.asarray(result))})
    return cases


# MARK: presets


def chw(picture, resize, crop, interpolation, mean, std):
    preset = ImageClassification(crop_size=crop, resize_size=resize, mean=mean, std=std,
                                 interpolation=InterpolationMode(interpolation), antialias=True)
    return preset(picture).numpy()


def weights():
    """Each distinct preset of torchvision's classification weights, with the weights that have it."""
    found = {}
    for name in torchvision.models.list_models(module=torchvision.models):
        for weight in torchvision.models.get_model_weights(name):
            preset = weight.transforms()
            key = json.dumps({"resize": preset.resize_size[0], "crop": preset.crop_size[0],
                              "interpolation": preset.interpolation.value, "mean": list(preset.mean),
                              "standardDeviation": list(preset.std)})
            found.setdefault(key, []).append(str(weight))
    return [dict(json.loads(key), weights=names) for key, names in found.items()]


def presets(distinct):
    cases = []
    sizes = [(1, 1), (1, 9), (3, 500), (500, 3), (7, 500), (400, 711), (711, 400), (256, 256), (256, 300),
             (300, 256), (300, 200), (333, 500), (224, 224), (100, 80), (1000, 667), (641, 427), (255, 257)]
    for index, size in enumerate(sizes):
        # The first two presets on every size, the others in turn.
        others = distinct[2:]
        for preset in distinct[:2] + [others[index % len(others)]]:
            settings = {k: v for k, v in preset.items() if k != "weights"}
            picture = noise(*size, seed=100 + index)
            result = chw(picture, preset["resize"], preset["crop"], preset["interpolation"], preset["mean"],
                         preset["standardDeviation"])
            cases.append(dict(settings, width=size[0], height=size[1], seed=100 + index,
                              digest=digest(result)))
    return cases


def centre_crops():
    """CenterCrop alone, on pictures smaller and larger than the crop."""
    cases = []
    for width, height in [(5, 5), (6, 5), (9, 4), (4, 9), (3, 3), (10, 7), (11, 8), (1, 1), (12, 1)]:
        for crop_width, crop_height in [(5, 5), (4, 6), (7, 2), (1, 1), (12, 12)]:
            picture = noise(width, height, seed=7)
            result = F.center_crop(picture, [crop_height, crop_width])
            cases.append({"width": width, "height": height, "cropWidth": crop_width,
                          "cropHeight": crop_height, "digest": digest(np.asarray(result))})
    return cases


def framings():
    """Squares cut out of or put around a picture before it is resized, and greyscale."""
    cases = []
    for width, height in [(40, 31), (31, 40), (33, 33), (9, 50), (50, 9)]:
        picture = noise(width, height, seed=width)
        short, long = min(width, height), max(width, height)
        left, top = (long - width) // 2, (long - height) // 2
        pads = ((top, long - height - top), (left, long - width - left), (0, 0))
        array = np.asarray(picture)
        constant = np.empty((long, long, 3), np.uint8)
        constant[:] = (124, 116, 104)
        constant[top:top + height, left:left + width] = array
        variants = {
            "squareCrop": F.center_crop(picture, [short, short]),
            "squarePad:edge": Image.fromarray(np.pad(array, pads, mode="edge")),
            "squarePad:124,116,104": Image.fromarray(constant),
            "grey": picture.convert("L").convert("RGB"),
        }
        for name, framed in variants.items():
            result = framed.resize((24, 24), Image.BILINEAR)
            cases.append({"width": width, "height": height, "framing": name,
                          "digest": digest(np.asarray(result))})
    return cases


# MARK: files


def save(name, picture, **options):
    picture.save(FILES / name, **options)


def exif(orientation, big_endian=False):
    order, mark = (">", b"MM\0*") if big_endian else ("<", b"II*\0")
    entry = struct.pack(order + "HHI", 0x0112, 3, 1) + struct.pack(order + "HH", orientation, 0)
    return b"Exif\0\0" + mark + struct.pack(order + "IH", 8, 1) + entry + struct.pack(order + "I", 0)


def segment(data, marker, payload):
    """A JPEG with one more segment after its start."""
    return data[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(payload) + 2) + payload + data[2:]


def png_chunk(kind, payload):
    return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", zlib.crc32(kind + payload))


def jpeg_bytes(picture, **options):
    out = io.BytesIO()
    picture.save(out, "JPEG", **options)
    return out.getvalue()


def exchanging_profile():
    """An ICC profile (version 2, matrix and curves) in which red and blue have changed places."""
    def s15(values):
        return b"".join(struct.pack(">i", round(value * 65536)) for value in values)

    def xyz(values):
        return b"XYZ \0\0\0\0" + s15(values)

    red, green, blue = (0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410)
    ramp = np.arange(1024) / 1023
    linear = np.where(ramp <= 0.04045, ramp / 12.92, ((ramp + 0.055) / 1.055) ** 2.4)
    curve = b"curv\0\0\0\0" + struct.pack(">I", 1024) + (linear * 65535).round().astype(">u2").tobytes()
    name = b"exchanged\0"
    tags = [(b"desc", b"desc\0\0\0\0" + struct.pack(">I", len(name)) + name + bytes(78)),
            (b"cprt", b"text\0\0\0\0none\0"), (b"wtpt", xyz((0.9642, 1, 0.8249))),
            (b"rXYZ", xyz(blue)), (b"gXYZ", xyz(green)), (b"bXYZ", xyz(red)),
            (b"rTRC", curve), (b"gTRC", curve), (b"bTRC", curve)]
    table, body, places = b"", b"", {}
    start = 128 + 4 + 12 * len(tags)
    for signature, data in tags:
        if data not in places:
            places[data] = start + len(body)
            body += data + bytes(-len(data) % 4)
        table += signature + struct.pack(">II", places[data], len(data))
    header = (struct.pack(">I", start + len(body)) + b"\0\0\0\0\x02\x40\0\0mntrRGB XYZ " + bytes(12) + b"acsp"
              + bytes(28) + s15((0.9642, 1, 0.8249)) + bytes(48))
    return header + struct.pack(">I", len(tags)) + table + body


def make_files():
    FILES.mkdir(exist_ok=True)
    for old in FILES.iterdir():
        old.unlink()
    picture = gradient(35, 22)
    grey = picture.convert("L")
    for orientation in range(1, 9):
        save(f"orientation-{orientation}.jpg", picture, quality=90, exif=exif(orientation, orientation % 2 == 0))
    plain = jpeg_bytes(picture, quality=85)
    xmp = (b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:Description "
           b'tiff:Orientation="6"/></x:xmpmeta>')
    (FILES / "orientation-xmp.jpg").write_bytes(segment(plain, 0xE1, xmp))
    (FILES / "exif-broken.jpg").write_bytes(segment(plain, 0xE1, b"Exif\0\0II*\0\xff\xff\xff\x7f"))
    (FILES / "exif-out-of-range.jpg").write_bytes(segment(plain, 0xE1, exif(9)))
    (FILES / "extraneous-bytes.jpg").write_bytes(plain[:-2] + b"\x00" * 40 + plain[-2:])
    (FILES / "wrong-extension.png").write_bytes(plain)
    save("444.jpg", picture, quality=80, subsampling=0)
    save("422.jpg", picture, quality=80, subsampling=1)
    save("420-odd.jpg", gradient(17, 9), quality=50, subsampling=2)
    save("progressive.jpg", picture, quality=75, progressive=True)
    save("restart.jpg", picture, quality=75, restart_marker_blocks=2)
    save("grey.jpg", grey, quality=75)
    save("cmyk.jpg", picture.convert("CMYK"), quality=90)
    save("rgb-colours.jpg", picture, quality=90, keep_rgb=True)
    save("1x1.jpg", gradient(1, 1))
    save("exchanging-profile.jpg", picture, quality=95, icc_profile=exchanging_profile())
    save("exchanging-profile.png", picture, icc_profile=exchanging_profile())
    save("rgb.png", picture)
    save("grey.png", grey)
    save("1-bit.png", grey.convert("1"))
    save("palette.png", picture.quantize(16))
    save("palette-transparent.png", picture.quantize(16), transparency=3)
    save("grey-alpha.png", Image.merge("LA", [grey, grey.point(lambda v: 255 - v)]))
    rgba = picture.copy()
    rgba.putalpha(grey)
    save("rgba.png", rgba)
    save("exif.png", picture, exif=exif(6)[6:])
    save("lossless.webp", rgba, lossless=True, exact=True)
    save("lossy.webp", picture, quality=70)
    save("orientation-8.webp", picture, lossless=True, exif=exif(8))
    save("still.gif", picture.quantize(32))
    save("animated.gif", picture.quantize(32), save_all=True, append_images=[grey])
    save("rgb.tif", picture, compression="tiff_lzw")
    save("grey.tif", grey)
    save("cmyk.tif", picture.convert("CMYK"))
    save("float.tif", grey.convert("F").point(lambda v: v * 1.5 - 20))
    decoded = {path.name: dict(decode(path.read_bytes())) for path in sorted(FILES.iterdir())}

    # 16 bits of grey keep their high byte, where Pillow would clip them.
    values = (np.arange(35 * 22, dtype=np.uint32) * 85).astype(np.uint16).reshape(22, 35)
    Image.fromarray(values).save(FILES / "grey-16-bit.png")
    high = np.repeat((values >> 8).astype(np.uint8)[:, :, None], 3, 2)
    decoded["grey-16-bit.png"] = {"width": 35, "height": 22, "upright": digest(high), "stored": digest(high)}
    # Pillow writes no 16-bit RGB.
    wide = np.stack([values, values[::-1], values[:, ::-1]], 2)
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in wide)
    (FILES / "rgb-16-bit.png").write_bytes(
        b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", struct.pack(">IIBBBBB", 35, 22, 16, 2, 0, 0, 0))
        + png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b""))
    decoded["rgb-16-bit.png"] = dict(decode((FILES / "rgb-16-bit.png").read_bytes()))

    # Bombs: a header that promises 60000 x 60000, and 12000 x 12000 honest pixels in a few kilobytes.
    (FILES / "bomb-header.png").write_bytes(
        b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0))
        + png_chunk(b"IDAT", zlib.compress(b"\0")) + png_chunk(b"IEND", b""))
    (FILES / "bomb.png").write_bytes(
        b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", struct.pack(">IIBBBBB", 12000, 12000, 1, 0, 0, 0, 0))
        + png_chunk(b"IDAT", zlib.compress(b"\0" * (1501 * 12000), 9)) + png_chunk(b"IEND", b""))
    return decoded


def decode(data):
    stored = Image.open(io.BytesIO(data))
    upright = ImageOps.exif_transpose(stored).convert("RGB")
    stored = stored.convert("RGB")
    return {"width": upright.width, "height": upright.height, "upright": digest(np.asarray(upright)),
            "stored": digest(np.asarray(stored))}


# MARK: photographs


def photographs(folder):
    clothing = sorted((folder / "clothing" / "test").rglob("*.jpg"))[::3][:100]
    odd = {}
    for path in sorted((folder / "odd").iterdir()):
        if path.name.startswith("LICENSE"):
            continue
        try:
            odd[path.name] = decode(path.read_bytes())
        except Exception:  # whatever keeps Pillow from it
            odd[path.name] = None
    return {
        "imageNetV1": {str(path.relative_to(folder)): digest(chw(
            ImageOps.exif_transpose(Image.open(path)).convert("RGB"), 256, 224, "bilinear",
            (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))) for path in clothing},
        "orientation": {str(path.relative_to(folder)): decode(path.read_bytes())
                        for path in sorted((folder / "exif-orientation").glob("*.jpg"))},
        "odd": odd,
    }


def write(name, value):
    (HERE / name).write_text(json.dumps(value, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    distinct = weights()
    write("pictures.json", {"decoded": make_files(), "resizes": resizes(), "weights": distinct,
                            "presets": presets(distinct), "centreCrops": centre_crops(),
                            "framings": framings()})
    if len(sys.argv) > 1:
        write("photographs.json", photographs(pathlib.Path(sys.argv[1])))
