#!/usr/bin/env python3
"""Independent oracle of the jump counts: docs/METHOD.md in NumPy, from the raw samples.

    python3 oracle_jumps.py > jumps.json

counts, of every market of jumps_cases.json, the jumps of the five-minute steps that end within (from, at].
"""
import json
import math

import numpy as np

from oracle import HERE, grid, load, member_at, returns, token, unix
from oracle_abnormal import known

STEP, DAY = 300, 86400


def threshold(n, probability):
    c, root = math.sqrt(2 / math.pi), math.sqrt(2 * math.log(n))
    centre = root / c - (math.log(math.pi) + math.log(math.log(n))) / (2 * c * root)
    return centre - math.log(-math.log(1 - probability)) / (c * root)


def jump(sources, end):
    """The sign of the jump in the step that ends at end, by a day of returns."""
    r = returns(sources, grid(end, DAY, STEP), STEP)
    if math.isnan(r[-1]):
        return 0
    r = np.abs(r[~np.isnan(r)]), r[-1]
    before, size = r[0][:-1], r[1]
    bipower = math.fsum(before[1:] * before[:-1]) / (len(before) - 1)
    if bipower == 0 or abs(size) / math.sqrt(bipower) <= threshold(864, 0.01):
        return 0
    return 1 if size > 0 else -1


def answer(case):
    book, at, since = load(case), unix(case["at"]), unix(case["from"])
    layers = {name: {"down": 0, "up": 0} for name in case["layers"]}
    for end in np.arange(since + STEP, at + 1, STEP):
        for name, memberships in case["layers"].items():
            for tok in member_at(memberships, end - STEP):
                sources = known({tok: book.get(tok, [])}, end)[tok]
                sign = jump(sources, end) if sources else 0
                if sign and token(sources, end, "24h")["state"] == "included":
                    layers[name]["up" if sign > 0 else "down"] += 1
    return {"name": case["name"], "layers": layers}


if __name__ == "__main__":
    cases = json.loads((HERE / "jumps_cases.json").read_text())
    print(json.dumps([answer(c) for c in cases], indent=1))
