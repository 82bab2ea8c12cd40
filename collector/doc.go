// Package collector brings prices in: on a schedule it asks every source at once,
// holds each quote against gates and against the other sources, and hands what was
// accepted, as one cycle with one time, to whoever keeps it.
//
// It promises that a source which fails, hangs, lies or floods never delays or
// spoils the others, that nothing is accepted that did not pass every gate, that
// what was rejected is counted with its reason, and that no key ever stands in a
// log line, an error or a URL.
//
// A quote passes these gates, in order: it decodes, is positive and in range; its
// source's own time is neither old nor in the future; it is not the very quote
// accepted before; it is no jump that nothing has confirmed yet; and it lies within
// the band of the other sources. What passes is kept per source, never as an
// average: volatility is made of returns within one source.
//
// [Collector] runs the cycles, [Backfill] brings in the past through the same gates.
//
// A source is a package of its own below this one and consists of three parts: what
// to ask (pure), how to read the answer (pure), and a thin client that joins the
// two through [HTTP].
package collector
