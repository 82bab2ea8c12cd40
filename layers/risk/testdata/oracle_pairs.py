#!/usr/bin/env python3
"""Independent oracle of the correlations between layers: docs/METHOD.md in NumPy, from the raw samples.

    python3 oracle_pairs.py > pairs.json

reads cases.json and the CSVs beside it.
"""
import itertools
import json

import numpy as np

from oracle import HERE, WINDOWS, grid, index, load, member_at, quorum, token, unix


def answer(case):
    book, at = load(case), unix(case["at"])
    names = sorted({m["token"] for ms in case["layers"].values() for m in ms})
    windows = {}
    for w in ("24h", "7d", "30d"):
        span, _, step, _ = WINDOWS[w]
        g, r = grid(at, span, step), {}
        included = {t for t in names if token(book.get(t, []), at, w)["state"] == "included"}
        for name, ms in case["layers"].items():
            x, now = index(book, ms, included, g, step), member_at(ms, at)
            withheld = len(now & included) < quorum(len(now)) or np.count_nonzero(~np.isnan(x)) < 0.8 * len(x)
            r[name] = x, withheld
        windows[w] = {}
        for a, b in itertools.combinations(case["layers"], 2):
            (x, no), (y, neither) = r[a], r[b]
            both = ~np.isnan(x) & ~np.isnan(y)
            x, y = x[both], y[both]
            enough = not no and not neither and len(x) >= 0.8 * len(both)
            windows[w][f"{a} {b}"] = {
                "valid_steps": len(x), "correlation": float(x @ y / np.linalg.norm(x) / np.linalg.norm(y)) if enough else None}
    return {"name": case["name"], "windows": windows}


if __name__ == "__main__":
    cases = json.loads((HERE / "cases.json").read_text())
    print(json.dumps([answer(c) for c in cases], indent=1))
