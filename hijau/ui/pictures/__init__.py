"""Hijau's own pictures, drawn on the server as SVG: the dial, the one-line gauge, the trend.

Pure functions from shapes to markup. No style attribute (the security policy forbids it): colours
are classes of styles/pictures.css, with presentation attributes underneath, so that a picture also
stands alone on paper. Each has a title and a description that say in words what it shows; what is
not known is never drawn as zero.
"""

from hijau.ui.pictures.dial import draw_dial
from hijau.ui.pictures.gauge import draw_line
from hijau.ui.pictures.trend import draw_trend

__all__ = ["draw_dial", "draw_line", "draw_trend"]
