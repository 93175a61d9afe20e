"""Lines, areas and dots as coverage masks, drawn by Agg, matplotlib's renderer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil

import numpy as np
from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, IdentityTransform
from numpy.typing import NDArray

from collector.chart.coverage import Stretch
from collector.chart.curve import Floats
from collector.chart.palette import Steps
from collector.chart.sheet import Numbers, inked

_BLACK = (0.0, 0.0, 0.0)
_AS_IT_IS = IdentityTransform()


@dataclass(frozen=True, slots=True)
class Stroke:
    """How a line is drawn, in pixels: its width, and lengths of dash and space in turn; none = solid."""

    width: float
    dashes: tuple[float, ...] = ()


class Pen:
    """Draws on a transparent sheet of its own, `width` x `height` pixels, from which what was drawn is `lifted`.

    Points are in pixels, y growing downwards; `stretch` numbers the pieces that they belong to, ascending.
    """

    def __init__(self, width: int, height: int) -> None:
        self._height = height
        self._agg = RendererAgg(width, height, 72)
        self._pixels = np.asarray(self._agg.buffer_rgba())
        self._context = lru_cache(maxsize=64)(self._new_context)
        self._circle = lru_cache(maxsize=64)(lambda radius: (Path.unit_circle(), Affine2D().scale(radius)))
        self.sign = lru_cache(maxsize=64)(self._new_sign)
        self.disc = lru_cache(maxsize=64)(self._new_disc)

    def lifted(self, steps: Steps, part: tuple[slice, slice] = np.s_[:, :]) -> Numbers:
        """Takes off a part, rows and columns, that holds the whole of what was drawn, as the entries of an ink."""
        numbers = inked(self._pixels[part][:, :, 3].copy(), steps)  # what covers, in a row
        self._pixels[part[0]].fill(0)
        return numbers

    def line(self, x: Floats, y: Floats, stretch: Stretch, stroke: Stroke) -> None:
        """A line through the points of each stretch; a stretch of one point leaves nothing."""
        self._agg.draw_path(self._context(stroke), self._path(x, y, _codes(stretch)), _AS_IT_IS)

    def _new_sign(self, length: int, stroke: Stroke, steps: Steps) -> Numbers:
        """A level line of so many pixels in an ink, with as many around it as make up half of the height."""
        around = ceil(2 * stroke.width)
        ends = np.array([around, around + length], dtype=np.float64)
        self.line(ends, np.full(2, float(around)), np.zeros(2, dtype=np.intp), stroke)
        return self.lifted(steps, np.s_[: 2 * around, : length + 2 * around])

    def _new_disc(self, radius: float, steps: Steps) -> Numbers:
        """A disc in an ink, in the middle of a square: Agg too sets discs on whole pixels, so all are the same. All
        else must have been lifted."""
        middle = ceil(radius) + 1
        self.dots(np.array([middle]), np.array([middle]), radius)
        return self.lifted(steps, np.s_[: 2 * middle + 1, : 2 * middle + 1])

    def area(self, x: Floats, y: Floats, stretch: Stretch) -> None:
        """What each stretch surrounds."""
        self._agg.draw_path(self._context(Stroke(0.0)), self._path(x, y, _codes(stretch)), _AS_IT_IS, _BLACK)

    def dots(self, x: Floats, y: Floats, radius: float) -> None:
        """A disc at each point."""
        if not len(x):
            return
        self._agg.draw_markers(self._context(Stroke(0.0)), *self._circle(radius), self._path(x, y), _AS_IT_IS, _BLACK)

    def _path(self, x: Floats, y: Floats, codes: NDArray[np.integer] | None = None) -> Path:
        path = Path(np.array((x, self._height - y)).T, codes)
        path.should_simplify = False  # else a user's matplotlibrc would say how the line looks
        return path

    def _new_context(self, stroke: Stroke) -> GraphicsContextBase:
        context = self._agg.new_gc()
        context.set_linewidth(stroke.width)
        context.set_snap(False)
        context.set_joinstyle("round")
        context.set_capstyle("butt" if stroke.dashes else "round")
        if stroke.dashes:
            context.set_dashes(0.0, stroke.dashes)
        return context


def _codes(stretch: Stretch) -> NDArray[np.integer] | None:
    """What the points of a path are: the first of a stretch begins it. None = all but the first go on."""
    if stretch[0] == stretch[-1]:
        return None
    codes = np.full(len(stretch), Path.LINETO, dtype=Path.code_type)
    codes[0] = Path.MOVETO
    codes[1:][stretch[1:] != stretch[:-1]] = Path.MOVETO
    return codes
