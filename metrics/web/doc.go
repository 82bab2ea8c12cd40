// Package web is the page at /: the stack as a table, top layer first, with how
// volatile each layer is, who stands in it, what is withheld and why.
//
// It needs no script, loads nothing from anywhere else, and shows the very numbers
// of metrics/api. It works in dark and light, from 360 px on, and with a screen
// reader.
package web
