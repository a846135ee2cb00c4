# SPDX-License-Identifier: Apache-2.0
"""A curve as SVG, with axes, units and a text for those who do not see it."""
import math

from .markup import Html, number, tag, text

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 360, 190, 52, 12, 10, 36


def ticks(low, high, count=4):
    """About that many round numbers from low to high."""
    rough = ((high - low) or 1) / count
    size = 10 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in (1, 2, 5, 10) if rough <= size * factor)
    if isinstance(low, int) and isinstance(high, int):
        step = max(1, round(step))
    marks = [round(n * step, 6) for n in range(math.ceil(low / step), math.floor(high / step) + 1)]
    return [int(mark) if float(mark).is_integer() else mark for mark in marks] or [low]


def line(points, x_words, y_words, x_marks=None, steps=False):
    """`points`: (x, y), ascending. `x_marks`: words for some x, in place of numbers."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    x_low, x_high, y_low, y_high = min(xs), max(xs), 0, max([*ys, 1])
    marks = ticks(y_low, y_high)
    if len(marks) > 1 and marks[-1] < y_high:
        y_high = marks[-1] + marks[-1] - marks[-2]
    x_span, y_span = (x_high - x_low) or 1, (y_high - y_low) or 1

    def at(x, y):
        return (LEFT + (x - x_low) / x_span * (WIDTH - LEFT - RIGHT), TOP + (1 - (y - y_low) / y_span) * (HEIGHT - TOP - BOTTOM))

    parts = []
    for mark in ticks(y_low, y_high):
        _, y = at(x_low, mark)
        parts.append(f'<path class="axis" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/><text x="{LEFT - 5}" y="{y + 4:.1f}" text-anchor="end">{number(mark)}</text>')
    for x, words in x_marks or [(mark, number(mark)) for mark in ticks(x_low, x_high)]:
        place, _ = at(x, y_low)
        parts.append(f'<path class="axis" d="M{place:.1f} {HEIGHT - BOTTOM}v4"/><text x="{place:.1f}" y="{HEIGHT - BOTTOM + 15}" text-anchor="middle">{text(words)}</text>')
    places, drawn = [at(x, y) for x, y in points], ""
    for number_of, (x, y) in enumerate(places):
        drawn += f"M{x:.1f} {y:.1f}" if number_of == 0 else f"H{x:.1f}V{y:.1f}" if steps else f"L{x:.1f} {y:.1f}"
    parts.append(f'<path class="axis" d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}"/><path class="curve" d="{drawn}"/>')
    if len(points) <= 30:
        parts += [f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in places]
    parts.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 4}" text-anchor="middle">{text(x_words)}</text>')
    said = f"{y_words}, from {number(ys[0])} to {number(ys[-1])}, over {x_words}"
    return Html(f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{text(said)}">{"".join(parts)}</svg>')


def figure(title, y_words, *args, **options):
    return tag("figure", tag("figcaption", tag("b", title), " ", tag("span", y_words, class_="quiet")), line(*args, y_words=y_words, **options))
