"""What is wrong with a frame that was drawn: measured, for nobody looks at all of them."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

import pygame

from kiosk.widgets.canvas import Canvas, Label

APART: Final = 2
"""Pixels that two surfaces beside each other keep free between them, at least."""


def faults(canvas: Canvas, *, is_airy: bool = False) -> Iterator[str]:
    """Labels that are cut, outside, on each other, across an edge or up to it; surfaces outside, on each
    other or touching; targets outside or on each other.

    is_airy: they also keep a little distance, from each other and from edges.
    """
    for text in canvas.shortened:
        yield f"cut: {text}"
    yield from _labels(canvas, is_airy=is_airy)
    yield from _surfaces(canvas, is_airy=is_airy)
    screen = canvas.surface.get_rect()
    for target in canvas.targets:
        if not screen.contains(target.rect):
            yield f"outside: {target.action}"
    for left, right in combinations(canvas.targets, 2):
        if left.rect.colliderect(right.rect):
            yield f"on each other: {left.action} / {right.action}"


def fits(canvas: Canvas) -> bool:
    """Whether nothing is wrong, and nothing cramped: fingers keep their room, too."""
    m = canvas.metrics
    if any(each.rect.height < (m.key if each.is_key else m.touch) for each in canvas.targets):
        return False
    return next(faults(canvas, is_airy=True), None) is None


def _labels(canvas: Canvas, *, is_airy: bool) -> Iterator[str]:
    screen = canvas.surface.get_rect()
    boxes = [label.box.inflate(0, label.size // 4 if is_airy else 0) for label in canvas.labels]
    for label, box in zip(canvas.labels, boxes, strict=True):
        if not screen.contains(label.box):
            yield f"outside: {label.text}"
        wide = box.inflate(2 * _side(canvas, label, is_airy=is_airy), 0)
        for at in label.box.collidelistall(canvas.panels):
            if not canvas.panels[at].contains(box):
                yield f"across an edge: {label.text}"
            elif not canvas.panels[at].contains(wide):
                yield f"up to an edge: {label.text}"
    for (one, upper), (other, lower) in combinations(zip(canvas.labels, boxes, strict=True), 2):
        if upper.colliderect(other.rect) or one.rect.colliderect(lower):
            yield f"on each other: {one.text} / {other.text}"


def _side(canvas: Canvas, label: Label, *, is_airy: bool) -> int:
    """How far a text stays from the edge beside it: a part of its size, of figures not more than of texts."""
    if label.is_key:
        return label.size // 10
    return min(label.size // (3 if is_airy else 5), canvas.metrics.pad // 2)


def _surfaces(canvas: Canvas, *, is_airy: bool) -> Iterator[str]:
    """One lies within another, or beside it with ground between them; in the screen with ground around it."""
    screen, panels = canvas.surface.get_rect(), canvas.panels
    apart = canvas.metrics.gap // 3 if is_airy else APART
    for index, panel in enumerate(panels):
        if not screen.contains(panel):
            yield f"a surface outside: {_said(canvas, panel)}"
        others: Sequence[pygame.Rect] = panels[index + 1 :]
        for at in panel.inflate(2 * apart, 2 * apart).collidelistall(others):
            if panel.contains(others[at]) or others[at].contains(panel):
                continue
            if not _are_marks(canvas, panel, others[at]):
                yield f"surfaces on each other: {_said(canvas, panel)} / {_said(canvas, others[at])}"


def _are_marks(canvas: Canvas, one: pygame.Rect, other: pygame.Rect) -> bool:
    """Round and smaller than a finger, as on a map: places stand as close as they do, their numbers apart."""
    if any(each.width != each.height or each.width >= canvas.metrics.touch for each in (one, other)):
        return False
    across, down = one.centerx - other.centerx, one.centery - other.centery
    return 8 * 8 * (across * across + down * down) >= (3 * (one.width + other.width)) ** 2


def _said(canvas: Canvas, panel: pygame.Rect) -> str:
    """What stands on a surface first, for whoever looks for it."""
    words = next((label.text for label in canvas.labels if panel.contains(label.rect)), "")
    return f"{words!r} {tuple(panel)}"
