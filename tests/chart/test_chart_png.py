"""The files are PNGs as other programs read them."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from collector.chart.png import pngs

GREYS = bytes(level for entry in range(16) for level in [entry * 17] * 3)
MANY = bytes(level for entry in range(40) for level in [entry, 0, 255 - entry])


@pytest.mark.parametrize(("entries", "palette"), [(16, GREYS), (40, MANY)])
@pytest.mark.parametrize("width", [1, 8, 9])
def test_every_pixel_comes_back(entries, palette, width):
    numbers = (np.arange(7 * width) % entries).astype(np.uint8).reshape(7, width)
    (file,) = pngs(numbers, palette)
    image = Image.open(io.BytesIO(file))
    image.load()
    wanted = np.frombuffer(palette, np.uint8).reshape(-1, 3)[numbers]
    assert (np.asarray(image.convert("RGB")) == wanted).all()


@pytest.mark.parametrize("noisy", [0, 20, 90])
def test_rows_come_back_however_they_are_filtered_and_compressed(noisy):
    chance = np.random.default_rng(3)
    numbers = np.repeat(chance.integers(0, 16, (1, 5000), dtype=np.uint8), 90, axis=0)
    numbers[30:60] = 7
    numbers[:noisy] = chance.integers(0, 16, (noisy, 5000), dtype=np.uint8)
    (file,) = pngs(numbers, GREYS)
    assert (np.asarray(Image.open(io.BytesIO(file)).convert("L")) == numbers * 17).all()


@pytest.mark.parametrize("heights", [(1,), (2, 1), (1, 90), (90, 1), (3, 30, 6, 1, 7, 5, 400), (40, 1, 1, 1, 40)])
def test_rows_that_are_the_same_come_back_and_the_checksum_is_right(heights):
    rows = np.random.default_rng(4).integers(0, 16, (len(heights), 21), dtype=np.uint8)
    numbers = np.repeat(rows, heights, axis=0)
    (file,) = pngs(numbers, GREYS)
    assert (np.asarray(Image.open(io.BytesIO(file)).convert("L")) == numbers * 17).all()
    start = file.index(b"IDAT")
    (length,) = struct.unpack(">I", file[start - 4 : start])
    assert len(zlib.decompress(file[start + 4 : start + 4 + length])) == sum(heights) * 12


def test_a_file_for_each_palette_differs_in_its_colours_alone():
    numbers = np.eye(4, dtype=np.uint8)
    light, dark = pngs(numbers, GREYS, GREYS[::-1])
    assert light.replace(GREYS, b"") != light
    assert light[: light.index(b"PLTE")] == dark[: dark.index(b"PLTE")]
    assert light[light.index(b"IDAT") :] == dark[dark.index(b"IDAT") :]
