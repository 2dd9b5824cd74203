"""What is wrong with a frame that was drawn: measured, for nobody looks at all of them."""

from collections.abc import Iterator
from itertools import combinations

from kiosk.widgets.canvas import Canvas


def faults(canvas: Canvas, *, is_airy: bool = False) -> Iterator[str]:
    """Labels that are cut, outside, on each other or across an edge; targets outside or on each other.

    is_airy: labels also keep a little distance, from each other and from edges.
    """
    for text in canvas.shortened:
        yield f"cut: {text}"
    screen = canvas.surface.get_rect()
    boxes = [label.box.inflate(0, label.size // 4 if is_airy else 0) for label in canvas.labels]
    for label, box in zip(canvas.labels, boxes, strict=True):
        if not screen.contains(label.box):
            yield f"outside: {label.text}"
        for panel in canvas.panels:
            if panel.colliderect(label.box) and not panel.contains(box):
                yield f"across an edge: {label.text}"
    for (one, upper), (other, lower) in combinations(zip(canvas.labels, boxes, strict=True), 2):
        if upper.colliderect(other.rect) or one.rect.colliderect(lower):
            yield f"on each other: {one.text} / {other.text}"
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
