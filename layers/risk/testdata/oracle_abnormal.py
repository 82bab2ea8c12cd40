#!/usr/bin/env python3
"""Independent oracle of abnormality and beta: docs/METHOD.md in NumPy, from the raw samples.

    python3 oracle_abnormal.py > abnormal.json

reads abnormal_cases.json and the CSVs beside it. Of every day it throws away what was not known then and starts anew.
"""
import json
import math

import numpy as np

from oracle import HERE, WINDOWS, YEAR, grid, index, load, member_at, quorum, returns, token, unix

HOUR, DAY = 3600, 86400
WINDOWS["day"] = (DAY, HOUR, HOUR, 0.8)  # on the 1 h grid, unlike "24h"


def known(book, when):
    cut = {t: [(times[times <= when], prices[times <= when]) for times, prices in sources] for t, sources in book.items()}
    return {t: [s for s in sources if len(s[0])] for t, sources in cut.items()}


def layer_returns(book, memberships, at, window):
    """The index's returns, or None when the layer is withheld."""
    included = {t for t in {m["token"] for m in memberships} if token(book.get(t, []), at, window)["state"] == "included"}
    now = member_at(memberships, at)
    if len(now & included) < quorum(len(now)):
        return None
    r = index(book, memberships, included, grid(at, WINDOWS[window][0], HOUR), HOUR)
    return r if np.count_nonzero(~np.isnan(r)) >= 0.8 * len(r) else None


def log_volatility(book, memberships, hour):
    book = known(book, hour)
    if not any(book.values()):
        return None
    r = layer_returns(book, memberships, hour, "day")
    if r is None or np.nansum(r * r) == 0:
        return None
    return math.log(math.sqrt(YEAR / HOUR * float(np.nanmean(r * r))))


def abnormality(book, memberships, at):
    out = dict.fromkeys(["zscore", "percentile", "percentile_days", "regime"])
    hour = at - at % HOUR
    now = log_volatility(book, memberships, hour)
    newest = (hour - DAY) // DAY * DAY
    past = [log_volatility(book, memberships, newest - i * DAY) for i in range(365)]
    quarter, year = ([v for v in p if v is not None] for p in (past[:90], past))
    if now is None:
        return out
    if len(quarter) >= 60:
        out["zscore"] = float((now - np.mean(quarter)) / np.std(quarter, ddof=1))
        out["percentile"], out["percentile_days"] = float(np.mean(np.array(quarter) < now)), 90
    if len(year) >= 180:
        out["percentile"], out["percentile_days"] = float(np.mean(np.array(year) < now)), 365
    if out["percentile"] is not None:
        edges = [0.20, 0.80, 0.95]
        out["regime"] = ["calm", "normal", "elevated", "extreme"][sum(out["percentile"] >= e for e in edges)]
    return out


def beta(book, memberships, at, window, benchmark):
    out = dict.fromkeys(["beta", "r2", "idiosyncratic"])
    r = layer_returns(book, memberships, at, window)
    if r is None or token(book.get(benchmark, []), at, window)["state"] != "included":
        return out
    b = returns(book[benchmark], grid(at, WINDOWS[window][0], HOUR), HOUR)
    both = ~np.isnan(r) & ~np.isnan(b)
    if np.count_nonzero(both) < 0.8 * len(r):
        return out
    r, b = r[both], b[both]
    (slope,), *_ = np.linalg.lstsq(b[:, None], r, rcond=None)
    own = math.fsum((r - slope * b) ** 2)
    return {"beta": float(slope), "r2": 1 - own / math.fsum(r * r), "idiosyncratic": math.sqrt(YEAR / HOUR * own / len(r))}


def answer(case):
    book, at = load(case), unix(case["at"])
    layers = {}
    for name, memberships in case["layers"].items():
        layers[name] = abnormality(book, memberships, at)
        layers[name]["betas"] = {w: {b: beta(book, memberships, at, w, b) for b in case["benchmarks"]} for w in ("7d", "30d")}
    return {"name": case["name"], "layers": layers}


if __name__ == "__main__":
    cases = json.loads((HERE / "abnormal_cases.json").read_text())
    print(json.dumps([answer(c) for c in cases], indent=1))
