#!/usr/bin/env python3
"""Independent oracle of implied correlation and shrinkage: docs/METHOD.md in NumPy, from the raw samples.

    python3 oracle_shrunk.py > shrunk.json

reads cases.json and the CSVs beside it. Ledoit and Wolf's sums are taken over whole matrices, one a step.
"""
import json

import numpy as np

from oracle import HERE, WINDOWS, grid, load, member_at, quorum, returns, token, unix


def ledoit_wolf(x):
    """The shrunk matrix and the intensity; x has one row a step."""
    steps, m = x.shape
    s = x.T @ x / steps
    target = np.trace(s) / m * np.eye(m)
    d2 = np.linalg.norm(s - target) ** 2 / m
    b2 = sum(np.linalg.norm(np.outer(row, row) - s) ** 2 for row in x) / steps**2 / m
    rho = min(b2, d2) / d2 if m > 1 else 0.0
    return rho * target + (1 - rho) * s, rho


def moves(s):
    m = len(s)
    w, sd = np.full(m, 1 / m), np.sqrt(np.diag(s))
    variance, own = w @ s @ w, np.sum((w * sd) ** 2)
    out = {"diversification": float(w @ sd / np.sqrt(variance)), "correlation": None, "implied": None}
    if m > 1:
        out["correlation"] = float(np.mean((s / np.outer(sd, sd))[np.triu_indices(m, 1)]))
        out["implied"] = float((variance - own) / ((w @ sd) ** 2 - own))
    return out, w * (s @ w) / variance


def layer(book, case, name, tokens, window):
    span, _, step, _ = WINDOWS[window]
    at = unix(case["at"])
    now = member_at(case["layers"][name], at)
    members = sorted(t for t in now if tokens[t][window]["state"] == "included")
    out = {"implied": None, "shrunk": None}
    if len(members) < quorum(len(now)):
        return out
    g = grid(at, span, step)
    x = np.array([returns(book[t], g, step) for t in members]).T
    x = x[~np.isnan(x).any(axis=1)]
    if len(x) < max(30, 0.6 * (len(g) - 1)):
        return out
    out["implied"] = moves(x.T @ x / len(x))[0]["implied"]
    if window == "24h":
        s, rho = ledoit_wolf(x)
        figures, shares = moves(s)
        out["shrunk"] = {"intensity": float(rho), "shares": dict(zip(members, map(float, shares))), **figures}
    return out


def answer(case):
    book, at = load(case), unix(case["at"])
    names = sorted({m["token"] for ms in case["layers"].values() for m in ms})
    tokens = {t: {w: token(book.get(t, []), at, w) for w in ("24h", "7d", "30d")} for t in names}
    layers = {name: {w: layer(book, case, name, tokens, w) for w in ("24h", "7d", "30d")} for name in case["layers"]}
    return {"name": case["name"], "layers": layers}


if __name__ == "__main__":
    cases = json.loads((HERE / "cases.json").read_text())
    print(json.dumps([answer(c) for c in cases], indent=1))
