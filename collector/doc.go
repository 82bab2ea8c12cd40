// Package collector brings prices in: on a schedule it asks every source at once,
// holds each quote against gates and against the other sources, and hands what was
// accepted, as one cycle with one time, to whoever keeps it.
//
// It promises that a source which fails, hangs, lies or floods never delays or
// spoils the others, that nothing is accepted that did not pass every gate, that
// what was rejected is counted with its reason, and that no key ever stands in a
// log line, an error or a URL.
//
// A quote passes these gates, in order: it decodes and is positive; a price in USDT
// becomes dollars by the price of Tether, which is judged before all others; it is in
// range; its source's own time is neither old nor in the future; it is not the very
// quote accepted before; it is no jump that nothing has confirmed yet; and it lies within
// the band of the other sources. What passes is kept per source, never as an average:
// volatility is made of returns within one source.
//
// A jump, by more than 0.5 of ln(price) since the last accepted quote of the same source,
// is believed at once when another source that did not jump says the same, and rejected
// at once when two or more that did not jump say otherwise. Else it is held until its
// source repeats it: once where another source has a say, three times where nobody else
// can tell. A source that only derives its prices from others never has a say.
//
// Each source has a [Budget], which all calls to it share, live and of the past. It
// shrinks when the source complains, and what the source asks for in Retry-After holds
// for all of them.
//
// [Collector] runs the cycles, [Backfill] brings in the past through the same gates, and a
// [Job] is anything else that is due on a schedule.
//
// A source is a package of its own below this one and consists of three parts: what
// to ask (pure), how to read the answer (pure), and a thin client that joins the
// two through [HTTP].
package collector
