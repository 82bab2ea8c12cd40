// Package metrics shows what is known: to Prometheus here, over HTTP in
// metrics/api, and to people in metrics/web.
//
// It sees everything through a [View], a handful of functions that return what is
// known now, and so knows neither where prices come from nor where they are kept.
// A scrape or a request never causes a request to a source.
//
// It promises:
//
//   - a number that is withheld is absent: never 0, never NaN, never the last
//     value held; a series that was there is gone at the next scrape, which is
//     what Prometheus takes as stale;
//   - no label grows without bound. With L layers, T tokens, B benchmarks among them
//     and S sources the collector exports at most 49 L + 2 B L + 14 T + 27 series, 6 for each
//     job, and for each source 6 and one for each kind of failure and reason of rejection that
//     the collector knows;
//   - names follow docs/METHOD.md, units are base units, ratios are not percent.
package metrics
