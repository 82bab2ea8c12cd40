#!/usr/bin/env python3
"""Independent oracle of layers/volatility: the papers' formulae in NumPy, on the prices beside this file.

    python3 oracle.py > oracle.json

It shares nothing with the Go code. Returns and sums are in extended precision; what Go
does by recursion (EWMA, GARCH) is a weighted sum over everything here, least squares go by
singular values instead of mirrors, two scales by real grids of prices, the Hodges-Tompkins
factor by the whole matrix of overlaps.
"""
import csv
import gzip
import json
import math
import pathlib

import numpy as np

HERE = pathlib.Path(__file__).parent
YEAR = 365 * 24 * 3600
MINUTE, HOUR, DAY = 60, 3600, 86400
LD = np.longdouble


def columns(name):
    with gzip.open(HERE / f"{name}.csv.gz", "rt") as f:
        rows = list(csv.DictReader(f))
    return {k: np.array([float(r[k]) for r in rows]).astype(LD) for k in rows[0]}


def log_returns(prices):
    return np.log(prices[1:] / prices[:-1])


def plain(value):
    """Extended precision to what JSON knows."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(v) for v in value]
    return value if value is None or isinstance(value, (int, str)) else float(value)


def annual(variance, span):
    return np.sqrt(LD(YEAR) / span * variance)


# ---- bars ----

def ranges(bars, n):
    o, h, l, c = (bars[k][-n:] for k in ("open", "high", "low", "close"))
    before = bars["close"][-n - 1:-1]
    u, d, m, gap = np.log(h / o), np.log(l / o), np.log(c / o), np.log(o / before)
    gk = (u - d) ** 2 / 2 - (2 * np.log(LD(2)) - 1) * m**2
    rs = u * (u - m) + d * (d - m)
    full = LD(0.511) * (u - d) ** 2 - LD(0.019) * (m * (u + d) - 2 * u * d) - LD(0.383) * m**2
    k = LD(0.34) / (LD(1.34) + LD(n + 1) / (n - 1))
    variances = {
        "parkinson": np.mean((u - d) ** 2) / (4 * np.log(LD(2))),
        "garman_klass": np.mean(gk),
        "garman_klass_full": np.mean(full),
        "rogers_satchell": np.mean(rs),
        "gk_yz": np.mean(gap**2 + gk),
        "yang_zhang": np.var(gap, ddof=1) + k * np.var(m, ddof=1) + (1 - k) * np.mean(rs),
    }
    return {name: annual(v, DAY) for name, v in variances.items()}


def ewma(r, decay, step):
    weights = LD(decay) ** np.arange(len(r))[::-1]
    return annual(np.sum(weights * r**2) / np.sum(weights), step)


def garch(r, omega, alpha, beta):
    """h as the sum over all that came before, not as a recursion."""
    n, first = len(r), np.mean(r**2)
    h = np.empty(n + 1, dtype=LD)
    for t in range(n + 1):
        powers = LD(beta) ** np.arange(t)[::-1]
        h[t] = np.sum(powers * (LD(omega) + LD(alpha) * r[:t] ** 2)) + LD(beta) ** t * first
    persistence = LD(alpha) + LD(beta)
    forecasts = [h[-1]]
    for _ in range(59):
        forecasts.append(LD(omega) + persistence * forecasts[-1])
    return {
        "omega": omega, "alpha": alpha, "beta": beta,
        "variances": h[::50], "next": h[-1],
        "likelihood": -np.sum(np.log(2 * LD(math.pi) * h[:-1]) + r**2 / h[:-1]) / 2,
        "forecasts": {str(k): forecasts[k - 1] for k in (1, 2, 7, 30, 60)},
        "unconditional": LD(omega) / (1 - persistence),
        "half_life": np.log(LD(0.5)) / np.log(persistence),
    }


def of_days(name):
    bars = columns(name)
    r = log_returns(bars["close"])
    return {
        "ranges": {str(n): ranges(bars, n) for n in (2, 30, 365, len(r))},
        "close_demeaned": {str(n): annual(np.var(r[-n:], ddof=1), DAY) for n in (2, 30, len(r))},
        "ewma": {str(decay): ewma(r, decay, DAY) for decay in (0, 0.94, 0.97, 1)},
        "garch": [garch(r, 2e-5, 0.09, 0.9), garch(r, 3e-4, 0.3, 0.5), garch(r, 1e-6, 0.004, 0.9955)],
    }


# ---- returns within a span ----

def jump_test(r, rv, bv):
    n = len(r)
    mu = 2 ** (2 / 3) * math.gamma(7 / 6) / math.gamma(1 / 2)
    a = np.abs(r)
    tq = n * mu**-3 * np.sum((a[2:] * a[1:-1] * a[:-2]) ** (LD(4) / 3))
    z = (1 - bv / rv) / np.sqrt((math.pi**2 / 4 + math.pi - 5) / n * max(1, tq / bv**2))
    return tq, z


def lee_mykland(r, k):
    pairs = np.abs(r[1:] * r[:-1])
    local = np.lib.stride_tricks.sliding_window_view(pairs, k - 2)[:-1].sum(axis=1) / (k - 2)
    out = np.zeros(len(local), dtype=LD)
    moved = local > 0
    out[moved] = r[k - 1:][moved] / np.sqrt(local[moved])
    return out


def threshold(n, probability):
    c = math.sqrt(2 / math.pi)
    root = math.sqrt(2 * math.log(n))
    return root / c - (math.log(math.pi) + math.log(math.log(n))) / (2 * c * root) \
        - math.log(-math.log(1 - probability)) / (c * root)


def realised(prices, step):
    r = log_returns(prices)
    n, a, pi = len(r), np.abs(r), LD(math.pi)
    triples = np.sort(np.stack([a[:-2], a[1:-1], a[2:]]), axis=0)
    rv = np.sum(r**2)
    bv = pi / 2 * n / LD(n - 1) * np.sum(a[1:] * a[:-1])
    tq, z = jump_test(r, rv, bv)
    k = math.ceil(math.sqrt(YEAR / step))
    statistics = lee_mykland(r, k)
    limit = threshold(len(statistics), 0.01)
    return {
        "variance": rv,
        "down": np.sum(r[r < 0] ** 2),
        "up": np.sum(r[r > 0] ** 2),
        "bipower": bv,
        "min": pi / (pi - 2) * n / LD(n - 1) * np.sum(np.minimum(a[1:], a[:-1]) ** 2),
        "med": pi / (6 - 4 * np.sqrt(LD(3)) + pi) * n / LD(n - 2) * np.sum(triples[1] ** 2),
        "quarticity": tq,
        "jump_z": z,
        "window": k,
        "threshold": limit,
        "statistics": statistics[::7],
        "jumps_down": int(np.sum(statistics < -limit)),
        "jumps_up": int(np.sum(statistics > limit)),
    }


def two_scales(prices, k):
    x = np.log(prices)
    n = len(x) - 1
    slow = np.mean([np.sum(np.diff(x[offset::k]) ** 2) for offset in range(k)])
    share = LD(n - k + 1) / k / n
    return (slow - share * np.sum(np.diff(x) ** 2)) / (1 - share)


def kernel(r, bandwidth):
    gamma = np.correlate(r.astype(LD), r.astype(LD), "full")[len(r) - 1:]
    x = np.arange(1, bandwidth + 1) / LD(bandwidth + 1)
    weights = np.where(x <= 0.5, 1 - 6 * x**2 + 6 * x**3, 2 * (1 - x) ** 3)
    return gamma[0] + 2 * np.sum(weights * gamma[1:bandwidth + 1])


def noisy(prices):
    r = log_returns(prices)
    noise, calm = np.sum(r**2) / (2 * len(r)), np.sum(log_returns(prices[::20]) ** 2)
    return {
        "noise": noise,
        "bandwidth": math.ceil(3.5134 * (float(noise / calm)) ** 0.4 * len(r) ** 0.6),
        "tsrv": {str(k): two_scales(prices, k) for k in (2, 7, 30, 300)},
        "kernel": {str(h): kernel(r, h) for h in (0, 1, 12, 60)},
    }


def irregular(times, prices, half_life, longest):
    """Every third or so of the minutes, and nothing for three hours; weights by age."""
    chosen = [i for i in range(len(times)) if (i * i + i) % 7 < 3 and not 1500 <= i < 1680]
    t, p = times[chosen], prices[chosen]
    dt, r = np.diff(t), log_returns(p)
    weights = LD(2) ** (-(t[-1] - t[1:]) / half_life)
    known = dt <= longest
    return annual(np.sum(weights[known] * r[known] ** 2) / np.sum(weights[known] * dt[known]), 1)


def of_minutes(name):
    data = columns(name)
    times, prices = data["timestamp"], data["price"]
    return {
        "realised": {"1": realised(prices, MINUTE), "5": realised(prices[::5], 5 * MINUTE)},
        "noisy": noisy(prices),
        "irregular": irregular(times, prices, 4 * HOUR, 10 * MINUTE),
        "ewma": ewma(log_returns(prices), 2 ** (-60 / (6 * 3600)), MINUTE),
    }


# ---- days of hours ----

def har(rv, horizon, log):
    link = np.log if log else (lambda v: v)
    at = lambda t: [1.0] + [float(link(np.mean(rv[t - k + 1:t + 1]))) for k in (1, 7, 30)]
    days = range(29, len(rv) - horizon)
    x = np.array([at(t) for t in days])
    y = np.array([float(link(rv[t + horizon])) for t in days])
    size = np.linalg.norm(x, axis=0)
    b = np.linalg.lstsq(x / size, y, rcond=None)[0] / size
    rest = float(np.sum((y - x @ b) ** 2) / (len(y) - 4))
    f = float(np.dot(at(len(rv) - 1), b))
    return {"horizon": horizon, "log": log, "coefficients": b, "residual": rest, "observations": len(y),
            "forecast": math.exp(f + rest / 2) if log else (f if f > 0 else None)}


def cone(r, h):
    rolling = np.array([float(annual(np.mean(w**2), HOUR)) for w in np.lib.stride_tricks.sliding_window_view(r, h)])
    return {"windows": len(rolling), "factor": overlap_factor(h, len(r)),
            "quantiles": np.quantile(rolling, [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1])}


def overlap_factor(h, total):
    """1 / E[variance of h-sums, divisor n] per h, by counting what any two windows share."""
    n = total - h + 1
    distance = np.arange(n)
    shared = np.maximum(h - distance, 0)
    pairs = h * n + 2 * int(np.sum((n - distance[1:]) * shared[1:]))
    return 1 / (1 - pairs / n**2 / h)


def of_hours(name):
    prices = columns(name)["price"]
    r = log_returns(prices)
    rv = np.sum(r.reshape(-1, 24) ** 2, axis=1)
    changes = np.diff(np.log(np.sqrt(rv[-31:])))
    return {
        "har": [har(rv, h, log) for h in (1, 7) for log in (False, True)],
        "vol_of_vol": annual(np.var(changes, ddof=1), DAY),
        "cone": {str(h): cone(r, h) for h in (24, 168, 720)},
    }


if __name__ == "__main__":
    print(json.dumps(plain({
        "days": {t: of_days(f"days_{t}") for t in ("BTC", "TAO")},
        "minutes": {t: of_minutes(f"minutes_{t}") for t in ("TAO", "AKT")},
        "hours": {t: of_hours(f"hours_{t}") for t in ("ETH", "TAO")},
    }), indent=1))
