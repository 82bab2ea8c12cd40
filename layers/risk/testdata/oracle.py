#!/usr/bin/env python3
"""Independent oracle of layers/risk: docs/METHOD.md in NumPy, from the raw samples.

    python3 oracle.py > oracle.json

reads cases.json and the CSVs beside it. It shares nothing with the Go code: it
keeps every sample, finds the price of a grid time by binary search, holds missing
values as NaN and sums with math.fsum.
"""
import csv
import gzip
import json
import math
import pathlib
from datetime import datetime

import numpy as np

HERE = pathlib.Path(__file__).parent
YEAR = 365 * 24 * 3600
WINDOWS = {  # span, token step, layer step, minimum coverage
    "1h": (3600, 300, None, 0.9),
    "24h": (86400, 300, 1800, 0.8),
    "7d": (7 * 86400, 3600, 3600, 0.8),
    "30d": (30 * 86400, 3600, 3600, 0.8),
}


def unix(text):
    return datetime.fromisoformat(text).timestamp()


def oldest(step):
    return step if step >= 3600 else 2 * step


def load(case):
    """token -> list of (times, prices), one a source, nothing after the instant."""
    at, book = unix(case["at"]), {}
    everyone = sorted({m["token"] for ms in case["layers"].values() for m in ms} | set(case.get("benchmarks", [])))
    for feed in case["feeds"]:
        for token in feed.get("tokens", everyone):
            rows = []
            for name in feed["sets"]:
                with gzip.open(HERE / f"{name}_{token}.csv.gz", "rt") as f:
                    rows += [(int(r["timestamp"]), float(r["price"])) for r in csv.DictReader(f)]
            gaps = [(unix(g["from"]), unix(g["to"])) for g in feed.get("gaps", []) if token in g.get("tokens", [token])]
            # a gap and a thinning apply to the recorded time, the lag comes after
            rows = [(t + feed.get("lag", 0), p) for t, p in rows
                    if t % feed.get("every", 1) == 0 and not any(a <= t < b for a, b in gaps)]
            rows = sorted(r for r in rows if r[0] <= at)
            if rows:
                book.setdefault(token, []).append(tuple(np.array(c, float) for c in zip(*rows)))
    return book


def grid(at, span, step):
    end = math.floor(at / step) * step
    return end - span + step * np.arange(span // step + 1)


def returns(sources, g, step):
    """The median over sources of the log returns of each step, NaN where none."""
    table = []
    for times, prices in sources:
        i = np.searchsorted(times, g, side="right") - 1
        p = np.where((i >= 0) & (g - times[np.maximum(i, 0)] <= oldest(step)), prices[np.maximum(i, 0)], np.nan)
        table.append(np.log1p((p[1:] - p[:-1]) / p[:-1]))
    out = np.full(len(g) - 1, np.nan)
    for k in range(len(out)):
        votes = sorted(row[k] for row in table if not math.isnan(row[k]))
        if votes:
            half = len(votes) // 2
            out[k] = votes[half] if len(votes) % 2 else (votes[half - 1] + votes[half]) / 2
    return out


def vol(values, step):
    return math.sqrt(YEAR / step * (math.fsum(v * v for v in values) / len(values)))


def standing_since(times, prices):
    moved = np.nonzero(prices != prices[-1])[0]
    return times[moved[-1] + 1] if len(moved) else times[0]


def token(sources, at, window):
    span, step, _, need = WINDOWS[window]
    g = grid(at, span, step)
    r = returns(sources, g, step)
    valid = np.nonzero(~np.isnan(r))[0]
    allt = np.sort(np.concatenate([t for t, _ in sources] or [np.array([])]))
    covered = sum(np.searchsorted(allt, b, "right") > np.searchsorted(allt, a, "right") for a, b in zip(g[:-1], g[1:]))
    coverage = int(covered) / (len(g) - 1)
    if not len(allt) or at - allt[-1] > oldest(step):
        state = "stale"
    elif at - max(standing_since(t, p) for t, p in sources) >= 3600:
        state = "frozen"
    elif coverage < need or len(valid) < 10 or (valid[0] + 1) * step > 0.2 * span:
        state = "insufficient"
    else:
        state = "included"
    sigma = vol(r[valid], step) if state == "included" else None
    return {"state": state, "coverage": coverage, "valid_steps": len(valid), "volatility": sigma}


def quorum(m):
    return 1 if m == 1 else max(2, math.ceil(m / 2))


def member_at(memberships, when):
    return {m["token"] for m in memberships
            if ("from" not in m or unix(m["from"]) <= when) and ("to" not in m or when < unix(m["to"]))}


def index(book, memberships, included, g, step):
    """The index's log returns, NaN in the steps with too few members."""
    everyone = sorted({m["token"] for m in memberships})
    r = {t: returns(book.get(t, []), g, step) for t in everyone}
    out = np.full(len(g) - 1, np.nan)
    for k in range(len(g) - 1):
        members = member_at(memberships, g[k])
        votes = [r[t][k] for t in sorted(members) if t in included and not math.isnan(r[t][k])]
        if len(votes) >= quorum(len(members)):
            out[k] = math.log1p(math.fsum(math.expm1(v) for v in votes) / len(votes))
    return out


def layer(book, case, name, tokens, window):
    span, step, layer_step, _ = WINDOWS[window]
    at, memberships = unix(case["at"]), case["layers"][name]
    now = member_at(memberships, at)
    included = {t for t, risk in tokens.items() if risk[window]["state"] == "included"}
    members = sorted(now & included)
    out = dict.fromkeys(["volatility", "downside", "median", "max", "dispersion", "correlation", "diversification"])
    out["shares"], out["valid_steps"] = {}, 0
    enough = len(members) >= quorum(len(now))
    if enough:
        sigmas = sorted(tokens[t][window]["volatility"] for t in members)
        out["median"], out["max"] = float(np.median(sigmas)), sigmas[-1]
    if layer_step is None:
        return out
    g = grid(at, span, layer_step)
    n = len(g) - 1
    r = index(book, memberships, included, g, layer_step)
    r = r[~np.isnan(r)]
    out["valid_steps"] = len(r)
    if not enough:
        return out
    if len(r) >= 0.8 * n:
        out["volatility"] = vol(r, layer_step)
        out["downside"] = math.sqrt(YEAR / layer_step * math.fsum(v * v for v in r if v < 0) / len(r))
    m = np.array([returns(book[t], g, layer_step) for t in members])
    m = m[:, ~np.isnan(m).any(axis=0)]
    if m.shape[1] < max(30, 0.6 * n):
        return out
    s = np.array([[math.fsum(a * b) / m.shape[1] for b in m] for a in m])
    w = np.full(len(members), 1 / len(members))
    sd, variance = np.sqrt(np.diag(s)), float(w @ s @ w)
    if len(members) > 1:
        pairs = np.triu_indices(len(members), 1)
        out["correlation"] = float(np.mean((s / np.outer(sd, sd))[pairs]))
    out["diversification"] = float(w @ sd) / math.sqrt(variance)
    out["dispersion"] = math.sqrt(YEAR / layer_step * math.fsum(((m - m.mean(axis=0)) ** 2).mean(axis=0)) / m.shape[1])
    out["shares"] = {t: float(w[i] * (s @ w)[i] / variance) for i, t in enumerate(members)}
    return out


def answer(case):
    book, at = load(case), unix(case["at"])
    names = sorted({m["token"] for ms in case["layers"].values() for m in ms})
    tokens = {t: {w: token(book.get(t, []), at, w) for w in WINDOWS} for t in names}
    layers = {name: {w: layer(book, case, name, tokens, w) for w in WINDOWS} for name in case["layers"]}
    return {"name": case["name"], "tokens": tokens, "layers": layers}


if __name__ == "__main__":
    cases = json.loads((HERE / "cases.json").read_text())
    print(json.dumps([answer(c) for c in cases], indent=1))
