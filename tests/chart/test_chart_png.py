"""The files are PNGs as other programs read them."""

import io

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


def test_a_file_for_each_palette_differs_in_its_colours_alone():
    numbers = np.eye(4, dtype=np.uint8)
    light, dark = pngs(numbers, GREYS, GREYS[::-1])
    assert light.replace(GREYS, b"") != light
    assert light[: light.index(b"PLTE")] == dark[: dark.index(b"PLTE")]
    assert light[light.index(b"IDAT") :] == dark[dark.index(b"IDAT") :]
