#!/usr/bin/env python3
"""Independent oracle of the indices by market cap: docs/METHOD.md in NumPy, from the raw samples.

    python3 oracle_weighted.py > weighted.json

reads weighted_cases.json and the CSVs beside it. A market cap is the recorded price times the tokens in circulation. Weights are
found by bisection on what the members below the limit have of their size, where the Go code redistributes.
"""
import json
import math

import numpy as np

from oracle import HERE, WINDOWS, YEAR, grid, load, member_at, quorum, returns, token, unix

DAY, LIMIT = 86400, 0.3


def told(case, book):
    """token -> list of (times, market caps), one a source that tells them."""
    out = {}
    for tok, sources in book.items():
        for source, (times, prices) in zip(case["names"][tok], sources):
            supply = case["supply"].get(source, {}).get(tok)
            if supply:
                out.setdefault(tok, []).append((times, prices * supply))
    return out


def market_cap(caps, tok, when):
    midnight = when - when % DAY
    votes = []
    for times, values in caps.get(tok, []):
        i = np.searchsorted(times, midnight, side="right") - 1
        if i >= 0 and midnight - times[i] <= DAY:
            votes.append(values[i])
    return float(np.median(votes)) if votes else None


def weights(sizes):
    sizes = np.array(sizes)
    if len(sizes) * LIMIT < 1.5:
        return np.full(len(sizes), 1 / len(sizes))
    low, high = 0.0, 1 / sizes.min()
    for _ in range(400):
        factor = (low + high) / 2
        low, high = (low, factor) if np.minimum(factor * sizes, LIMIT).sum() > 1 else (factor, high)
    return np.minimum(low * sizes, LIMIT)


def weighted(book, caps, memberships, tokens, at, window, root):
    span, _, step, _ = WINDOWS[window]
    g = grid(at, span, step)
    n, size = len(g) - 1, math.sqrt if root else float
    included = {t for t, risk in tokens.items() if risk[window]["state"] == "included"}
    now = member_at(memberships, at)
    if len(now & included) < quorum(len(now)):
        return {"volatility": None, "valid_steps": 0}
    if len(now) * LIMIT >= 1.5:
        last = {t: market_cap(caps, t, g[n - 1]) for t in now}
        if None in last.values() or sum(last[t] for t in now & included) < 0.8 * sum(last.values()):
            return {"volatility": None, "valid_steps": 0}
    r = {t: returns(book.get(t, []), g, step) for t in {m["token"] for m in memberships}}
    squares = []
    for k in range(n):
        members = member_at(memberships, g[k])
        here = sorted(t for t in members if t in included and not math.isnan(r[t][k]))
        if len(here) < quorum(len(members)):
            continue
        worth = [market_cap(caps, t, g[k]) for t in here]
        if len(here) * LIMIT < 1.5 or len(now) * LIMIT < 1.5:
            w = np.full(len(here), 1 / len(here))
        elif None in worth:
            continue
        else:
            w = weights([size(c) for c in worth])
        squares.append(math.log1p(math.fsum(x * math.expm1(r[t][k]) for t, x in zip(here, w))) ** 2)
    enough = len(squares) >= 0.8 * n
    return {"volatility": math.sqrt(YEAR / step * math.fsum(squares) / len(squares)) if enough else None, "valid_steps": len(squares)}


def answer(case):
    book, at = load(case), unix(case["at"])
    everyone = sorted({m["token"] for ms in case["layers"].values() for m in ms})
    case["names"] = {t: [f["source"] for f in case["feeds"] if t in f.get("tokens", everyone)] for t in everyone}
    caps = told(case, book)
    tokens = {t: {w: token(book.get(t, []), at, w) for w in WINDOWS} for t in everyone}
    layers = {}
    for name, ms in case["layers"].items():
        layers[name] = {
            w: {kind: weighted(book, caps, ms, tokens, at, w, kind == "sqrt") for kind in ("cap", "sqrt")} for w in ("24h", "7d", "30d")
        }
    return {"name": case["name"], "layers": layers}


if __name__ == "__main__":
    cases = json.loads((HERE / "weighted_cases.json").read_text())
    print(json.dumps([answer(c) for c in cases], indent=1))
