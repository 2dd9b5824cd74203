"""Smooth shapes: drawn large, scaled down, kept; pygame's own corners are not antialiased."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

import pygame

from kiosk.widgets.kept import Kept
from kiosk.widgets.palette import Colour

OVERSAMPLE: Final = 6

Point = tuple[float, float]


Sprites = Kept[tuple[object, ...], pygame.Surface]
"""Pictures by name, drawn on first use; those used last are kept."""


def smooth(
    size: tuple[int, int], colour: Colour, draw: Callable[[pygame.Surface, int], None]
) -> pygame.Surface:
    """A picture of `size`, drawn by `draw(surface, scale)` at OVERSAMPLE and scaled down.

    The ground is transparent *in the given colour*, so that edges do not darken.
    """
    large = pygame.Surface((size[0] * OVERSAMPLE, size[1] * OVERSAMPLE), pygame.SRCALPHA)
    large.fill((*colour, 0))
    draw(large, OVERSAMPLE)
    return pygame.transform.smoothscale(large, size)


def stroke(surface: pygame.Surface, points: Sequence[Point], width: float, colour: Colour) -> None:
    """A line through the points with round ends and joints."""
    half = width / 2
    for x, y in points:
        pygame.draw.circle(surface, colour, (x, y), half)
    for (ax, ay), (bx, by) in pairwise(points):
        length = math.hypot(bx - ax, by - ay)
        if length == 0:
            continue
        nx, ny = (by - ay) / length * half, (ax - bx) / length * half
        corners = [(ax + nx, ay + ny), (bx + nx, by + ny), (bx - nx, by - ny), (ax - nx, ay - ny)]
        pygame.draw.polygon(surface, colour, corners)


def arc(centre: Point, radius: float, start_degrees: float, end_degrees: float) -> list[Point]:
    """Points of an arc, clockwise on the screen, 0 degrees to the right."""
    steps = max(8, int(abs(end_degrees - start_degrees) / 4))
    angles = (
        math.radians(start_degrees + (end_degrees - start_degrees) * i / steps) for i in range(steps + 1)
    )
    return [(centre[0] + radius * math.cos(a), centre[1] + radius * math.sin(a)) for a in angles]


def rounded(  # one shape of the whole look: every parameter is seen
    surface: pygame.Surface,
    rect: pygame.Rect,
    radius: int,
    fill: Colour,
    *,
    sprites: Sprites,
    border: Colour | None = None,
    thickness: int = 1,
) -> None:
    """A filled rectangle with smooth round corners and, if given, a border inside its edge."""
    radius = min(radius, rect.width // 2, rect.height // 2)
    edge = border or fill
    if radius < 1:
        pygame.draw.rect(surface, fill, rect)
        return
    disc = sprites.get(
        ("disc", radius, fill, edge, thickness), lambda: _disc(radius, fill, edge, thickness if border else 0)
    )
    inner = rect.inflate(-2 * radius, 0)
    pygame.draw.rect(surface, edge, inner)
    pygame.draw.rect(surface, edge, rect.inflate(0, -2 * radius))
    if border:
        pygame.draw.rect(surface, fill, inner.inflate(0, -2 * thickness))
        pygame.draw.rect(surface, fill, rect.inflate(-2 * thickness, -2 * radius))
    for right in (0, 1):
        for bottom in (0, 1):
            x = rect.right - radius if right else rect.left
            y = rect.bottom - radius if bottom else rect.top
            surface.blit(disc, (x, y), (right * radius, bottom * radius, radius, radius))


def _disc(radius: int, fill: Colour, edge: Colour, thickness: int) -> pygame.Surface:
    def draw(large: pygame.Surface, scale: int) -> None:
        centre = (radius * scale, radius * scale)
        pygame.draw.circle(large, edge, centre, radius * scale)
        if thickness:
            pygame.draw.circle(large, fill, centre, (radius - thickness) * scale)

    picture = smooth((2 * radius, 2 * radius), edge, draw)
    if radius - thickness > 3:  # averaging rounds down: the inside must be the very colour beside it
        pygame.draw.circle(picture, fill, (radius, radius), radius - thickness - 2)
    return picture


def disc(surface: pygame.Surface, centre: Point, radius: int, colour: Colour, *, sprites: Sprites) -> None:
    """A smooth filled circle."""
    picture = sprites.get(("plain disc", radius, colour), lambda: _disc(radius, colour, colour, 0))
    surface.blit(picture, (round(centre[0]) - radius, round(centre[1]) - radius))


def fraction_bar(
    surface: pygame.Surface,
    rect: pygame.Rect,
    per_mille: int,
    *,
    fill: Colour,
    ground: Colour,
    sprites: Sprites,
) -> None:
    """A progress bar, filled to `per_mille`; never thinner than its own rounding."""
    rounded(surface, rect, rect.height // 2, ground, sprites=sprites)
    if per_mille > 0:
        width = max(rect.height, rect.width * min(per_mille, 1000) // 1000)
        filled = pygame.Rect(rect.left, rect.top, width, rect.height)
        rounded(surface, filled, rect.height // 2, fill, sprites=sprites)
