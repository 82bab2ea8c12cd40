#!/usr/bin/env python3
"""Independent oracle of index levels: docs/METHOD.md in NumPy, from the raw samples.

    python3 oracle_level.py > level.json

reads level_cases.json and the CSVs beside it.
"""
import json
import math

import numpy as np

from oracle import HERE, WINDOWS, load, member_at, quorum, token, unix
from oracle_abnormal import known

HOUR, DAY = 3600, 86400
WINDOWS["day"] = (DAY, HOUR, HOUR, 0.8)


def price(source, when):
    times, prices = source
    i = np.searchsorted(times, when, side="right") - 1
    return prices[i] if i >= 0 and when - times[i] <= HOUR else None


def worth(sources, anchor, when):
    """What one dollar put in at anchor is worth, by the median source, or None."""
    pairs = [(price(s, anchor), price(s, when)) for s in sources]
    votes = [math.log(b / a) for a, b in pairs if a and b]
    return math.exp(float(np.median(votes))) if votes else None


def level(book, memberships, start, end):
    index, divisor, held, out = 100.0, 1.0, {}, []
    for day in np.arange(start, end + 1, DAY):
        then, now = known(book, day), member_at(memberships, day)
        ready = [t for t in sorted(now) if token(then.get(t, []), day, "day")["state"] == "included"]
        if len(ready) >= quorum(len(now)):  # else what is held is kept
            held, divisor = {t: (index, day) for t in ready}, float(len(ready))
        out = out or ([(day, index)] if held else [])
        for when in np.arange(day + HOUR, min(day + DAY, end) + 1, HOUR):
            factors = {t: worth(book[t], anchor, when) for t, (_, anchor) in held.items()}
            if not any(factors.values()):
                continue
            total = math.fsum(v for v, _ in held.values())
            stay = {t for t in held if t in member_at(memberships, when - HOUR)
                    and (factors[t] is not None or when - held[t][1] <= 3 * HOUR)}
            divisor *= math.fsum(held[t][0] for t in stay) / total
            held = {t: (held[t][0] * factors[t], when) if factors[t] is not None else held[t] for t in held if t in stay}
            if held:
                index = math.fsum(v for v, _ in held.values()) / divisor
                out.append((when, index))
    return out


def answer(case):
    book, start, end = load(case), unix(case["from"]), unix(case["at"])
    layers = {}
    for name, memberships in case["layers"].items():
        points = level(book, memberships, start, end)
        layers[name] = {"end": int(points[-1][0]), "points": len(points), "levels": [float(v) for _, v in points[::7]], "last": float(points[-1][1])}
    return {"name": case["name"], "layers": layers}


if __name__ == "__main__":
    cases = json.loads((HERE / "level_cases.json").read_text())
    print(json.dumps([answer(c) for c in cases], indent=1))
