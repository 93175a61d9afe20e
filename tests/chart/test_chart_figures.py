"""Bars, lines of groups, pies and maps: that any groups can be drawn, and that maps show what is where."""

import struct
import zlib
from itertools import product

import numpy as np
import pytest

from collector.chart.digest import digest
from collector.chart.figure import Bars, Group, Pie, Spot, Steps, WorldMap, shades
from collector.chart.painter import Painter
from collector.geography.world import middle, outlines

HOSTILE = "\x1b[2J<script>\u202e" + "x" * 500
GROUPS = {
    "none": (),
    "one": (Group("3.11", 4.0, "4"),),
    "zero": (Group("a", 0.0, "0"), Group("b", 0.0, "0")),
    "below": (Group("a", -3.0, "−3"), Group("b", 2.0, "2")),
    "huge": (Group("a", 1e300, "a lot"), Group("b", 1e-300, "little")),
    "hostile": (Group(HOSTILE, 1.0, HOSTILE), Group("", 2.0, "")),
    "many": tuple(Group(f"group {n}", float(n), f"{n}") for n in range(20)),
}


@pytest.fixture(scope="module")
def painter():
    return Painter()


def read(png):
    """The picture data and the palette of a file, and its pixels in red, green and blue."""
    chunks, at = {}, 8
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        chunks[kind] = png[at + 8 : at + 8 + length]
        at += length + 12
    width, height, depth = struct.unpack(">IIB", chunks[b"IHDR"][:9])
    packed = (width * depth + 7) // 8
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), dtype=np.uint8).reshape(height, packed + 1)
    lines = np.zeros((height, packed), dtype=np.uint8)
    for number, row in enumerate(rows):
        lines[number] = row[1:] + (lines[number - 1] if row[0] == 2 else 0)
    if depth == 4:
        lines = np.stack((lines >> 4, lines & 15), axis=-1).reshape(height, -1)[:, :width]
    colours = np.frombuffer(chunks[b"PLTE"], dtype=np.uint8).reshape(-1, 3)
    return chunks, colours[lines]


@pytest.mark.parametrize(
    ("kind", "groups"), [*product((Bars, Steps), GROUPS), (Pie, "one"), (Pie, "huge"), (Pie, "hostile")]
)
def test_any_groups_can_be_drawn_light_and_dark(painter, kind, groups):
    figure = kind(GROUPS[groups])
    light, dark = map(read, painter.draw(figure))
    assert light[1].shape == (round(figure.height * 2), round(figure.width * 2), 3)
    assert light[0][b"IDAT"] == dark[0][b"IDAT"]
    assert light[0][b"PLTE"] != dark[0][b"PLTE"]
    assert len({tuple(colour) for colour in light[1].reshape(-1, 3)[::7]}) > 1 or groups == "none"


def test_bars_are_as_long_as_their_numbers(painter):
    pixels = read(painter.draw(Bars((Group("a", 30.0, ""), Group("b", 10.0, "")))).light)[1]
    ink = np.array([0x1F, 0x4E, 0x79], dtype=np.uint8)
    first, second = ((pixels[row] == ink).all(axis=1).sum() for row in (50, 102))
    assert first == pytest.approx(3 * second, abs=4)


def test_a_pie_has_the_shares_of_its_groups(painter):
    pixels = read(painter.draw(Pie((Group("a", 3.0, ""), Group("b", 1.0, "")))).light)[1][:, :560]
    first, second = (
        (pixels == np.array(ink, dtype=np.uint8)).all(axis=2).sum() for ink in ((0, 0x72, 0xB2), (0xC9, 0x58, 0))
    )
    assert first / second == pytest.approx(3, rel=0.05)


def test_countries_are_shaded_by_how_many_are_there_and_servers_are_points(painter):
    figure = WorldMap(shades({"BR": 100, "AU": 1}), (Spot(0.0, 0.0),))
    assert dict(figure.shades) == {"BR": 3, "AU": 1}
    pixels = read(painter.draw(figure).light)[1]
    assert tuple(pixels[380, 520]) == (0x00, 0x72, 0xB2)  # Brazil, in full
    assert tuple(pixels[460, 1210]) not in [(0x00, 0x72, 0xB2), (0xDC, 0xD7, 0xCC), (0xFB, 0xFA, 0xF7)]  # Australia
    assert tuple(pixels[120, 950]) == (0xDC, 0xD7, 0xCC)  # Russia has none
    middle_of = np.argwhere((pixels == (0xC9, 0x58, 0x00)).all(axis=2)).mean(axis=0)
    assert middle_of[1] == pytest.approx(720, abs=2)


def test_each_server_is_a_point_also_where_several_are_at_one_place(painter):
    inks = []
    for count in (1, 5, 200):
        pixels = read(painter.draw(WorldMap((), (Spot(-10.0, -30.0),) * count)).light)[1]
        inks.append((pixels == (0xC9, 0x58, 0x00)).all(axis=2).sum())
    assert 4 * inks[0] < inks[1] <= 5.1 * inks[0]
    assert inks[1] < inks[2] < 3.2 * (2 * 15) ** 2  # many stand closer, and stay around the place
    painter.draw(WorldMap((), (Spot(90.0, 180.0), Spot(-90.0, -180.0))))


@pytest.mark.parametrize("code", ["FR", "SG", "NZ", "RU", "US", "GL", "CL"])
def test_a_part_of_the_world_is_drawn_around_any_point(painter, code):
    latitude, longitude = middle(code)
    spot = Spot(latitude, longitude)
    pixels = read(painter.draw(WorldMap(((code, 3),), (spot,), spot)).light)[1]
    assert tuple(pixels[280, 420]) == (0xC9, 0x58, 0x00)
    is_shaded = (pixels == (0x00, 0x72, 0xB2)).all(axis=2).any()
    assert is_shaded == (code in outlines())


def test_a_picture_is_called_by_all_that_is_drawn():
    names = {
        digest(one, 720, 230)
        for one in (
            Bars(GROUPS["one"]),
            Steps(GROUPS["one"]),
            Pie(GROUPS["one"]),
            Bars(GROUPS["below"]),
            WorldMap((), ()),
            WorldMap((), (Spot(1.0, 2.0),)),
        )
    }
    assert len(names) == 6
