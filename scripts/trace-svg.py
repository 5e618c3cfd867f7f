#!/usr/bin/env python3
"""Draws a timeline (el2sim ... --trace FILE) as a picture: one lane per exception level and context, functions below.

    el2sim compare kvm-split kvm-vhe --rows hypercall --ops 1 --trace t.json --trace-filter span=hypercall
    scripts/trace-svg.py t.json --cpu 0 -o docs/trace-hypercall.svg

Each process of the file (a design) has a band of its own; all have the same scale and begin at the same place.
"""
import argparse
import json
import sys
from collections import Counter
from xml.sax.saxutils import escape

WIDTH, LEFT, RIGHT = 1000, 96, 16
LANE, GAP, TITLE, FUNCTIONS = 22, 4, 26, 20
# Colours that differ in print, too, and work on light and dark pages.
COLOURS = {"EL2": "#d1495b", "EL1 host": "#edae49", "EL0 host": "#f5d491", "VM": "#30638e"}
FUNCTION_COLOURS = ["#8d96a3", "#b3bac4"]
CHARACTER = 5.6  # of the small font, wide


class Slice:
    def __init__(self, name, start, depth):
        self.name, self.start, self.end, self.depth = name, start, start, depth


def read_slices(events, pid, tid):
    """Slices of a track by category, and the marks on it."""
    found, stack, marks = {"el": [], "function": []}, [], []
    for e in events:
        if e["pid"] != pid or e["tid"] != tid:
            continue
        if e["ph"] == "B":
            stack.append((e["cat"], Slice(e["name"], e["ts"], len(stack))))
        elif e["ph"] == "E":
            category, s = stack.pop()
            s.end = e["ts"]
            if category in found and s.end > s.start:
                found[category].append(s)
        elif e["ph"] == "i" and e["cat"] == "exception":
            marks.append(e)
    return found, marks


def colour(name):
    return next((c for key, c in COLOURS.items() if key in name), "#777777")


def lanes_of(slices):
    """Lanes from the top: higher ELs first, hosts before VMs."""
    return sorted({s.name for s in slices}, key=lambda name: (-int(name[2]), "VM" in name, name))


def text(x, y, words, anchor="start", size=11, weight="normal"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" font-weight="{weight}">'
            f"{escape(words)}</text>")


def box(x, y, width, height, fill, title):
    return (f'<rect x="{x:.2f}" y="{y}" width="{max(width, 0.3):.2f}" height="{height}" fill="{fill}">'
            f"<title>{escape(title)}</title></rect>")


def label(s, x, width, y, fill):
    return [f'<g fill="{fill}">' + text(x + width / 2, y, s.name, "middle", 9) + "</g>"] \
        if len(s.name) * CHARACTER < width - 2 else []


def band(name, found, marks, scale, y):
    """One design; what was drawn and where the next one begins."""
    origin = min(s.start for s in found["el"])
    end = max(s.end for s in found["el"])

    def place(t):
        return LEFT + (t - origin) * scale
    sums = Counter()
    for s in found["el"]:
        sums[s.name] += s.end - s.start
    parts = ", ".join(f"{k} {v * 1000:.0f}" for k, v in sorted(sums.items()))
    out = [text(LEFT, y + 16, f"{name}: {(end - origin) * 1000:.0f} ns ({parts})", size=13, weight="bold")]
    y += TITLE
    lanes = lanes_of(found["el"])
    for i, lane in enumerate(lanes):
        out.append(text(LEFT - 6, y + i * (LANE + GAP) + 15, lane, "end"))
    for s in found["el"]:
        top = y + lanes.index(s.name) * (LANE + GAP)
        x, width = place(s.start), (s.end - s.start) * scale
        title = f"{s.name}: {(s.end - s.start) * 1000:.1f} ns"
        out.append(box(x, top, width, LANE, colour(s.name), title))
    bottom = y + len(lanes) * (LANE + GAP)
    out.append(text(LEFT - 6, bottom + 14, "function", "end"))
    for i, s in enumerate(sorted(found["function"], key=lambda s: s.start)):
        x, width = place(s.start), (s.end - s.start) * scale
        out.append(box(x, bottom, width, FUNCTIONS, FUNCTION_COLOURS[i % 2], f"{s.name}: {(s.end - s.start) * 1000:.1f} ns"))
        out += label(s, x, width, bottom + 14, "#111111")
    for e in marks:
        x = place(e["ts"])
        out.append(f'<path d="M{x:.1f} {y - 3} V{bottom}" stroke="currentColor" stroke-dasharray="2 2"/>')
        out.append(text(x + 2, bottom - GAP - 6, e["name"], size=9))
    return out, bottom + FUNCTIONS + 14


def axis(span, scale, y):
    step = next(s for s in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 1000, 1e4, 1e5, 1e9) if span / s <= 12)
    out = []
    for i in range(int(span / step) + 1):
        x = LEFT + i * step * scale
        out.append(f'<path d="M{x:.1f} {y} v5" stroke="currentColor"/>')
        out.append(text(x, y + 17, f"{i * step:g}", "middle", 10))
    out.append(text(LEFT - 6, y + 17, "µs", "end", 10))
    return out


def draw(trace, cpu):
    events = trace["traceEvents"]
    names = {e["pid"]: e["args"]["name"] for e in events if e["ph"] == "M" and e["name"] == "process_name"}
    bands = [(names[pid], *read_slices(events, pid, cpu * 2 + 1)) for pid in sorted(names)]
    bands = [b for b in bands if b[1]["el"]]
    if not bands:
        sys.exit(f"trace-svg.py: no slices of ELs on CPU {cpu}")
    span = max(max(s.end for s in f["el"]) - min(s.start for s in f["el"]) for _, f, _ in bands)
    scale = (WIDTH - LEFT - RIGHT) / span
    out, y = [], 6
    for name, found, marks in bands:
        drawn, y = band(name, found, marks, scale, y)
        out += drawn
    out += axis(span, scale, y)
    style = ("<style>svg{font-family:sans-serif;color:#24292f;background:#ffffff}text{fill:currentColor}"
             "@media(prefers-color-scheme:dark){svg{color:#e6edf3;background:#0d1117}}</style>")
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y + 26}" width="{WIDTH}" '
            f'height="{y + 26}">{style}\n' + "\n".join(out) + "\n</svg>\n")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("trace")
    p.add_argument("--cpu", type=int, default=0)
    p.add_argument("-o", "--output", default="-")
    options = p.parse_args()
    with open(options.trace, encoding="utf-8") as f:
        picture = draw(json.load(f), options.cpu)
    if options.output == "-":
        sys.stdout.write(picture)
    else:
        with open(options.output, "w", encoding="utf-8") as f:
            f.write(picture)


if __name__ == "__main__":
    main()
