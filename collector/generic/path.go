package generic

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// The places of symbols: of one in URLs and paths, of many in URLs.
const (
	one  = "{symbol}"
	many = "{symbols}"
)

// path leads through an answer to a value.
type path struct {
	text  string
	steps []step
}

// step is one element of a path: a key, the index of an element, or the member that
// an element has.
type step struct {
	kind  kind
	key   string // of the member
	value string // that the member has
	index int
}

type kind int

const (
	byKey kind = iota
	byIndex
	bySearch
)

// named says whether a path depends on the symbol.
func (p path) named() bool { return strings.Contains(p.text, one) }

// parsePath reads a path.
func parsePath(text string) (path, error) {
	p := path{text: text}
	if text == "" {
		return p, nil
	}
	for rest := text; rest != ""; {
		var next step
		var err error
		if strings.HasPrefix(rest, "[") {
			next, rest, err = parseBracket(rest)
		} else {
			next, rest, err = parseKey(rest)
		}
		if err != nil {
			return path{}, fmt.Errorf("path %q: %w", text, err)
		}
		p.steps = append(p.steps, next)
	}
	return p, nil
}

// parseKey reads a key up to the next dot or bracket.
func parseKey(text string) (next step, rest string, err error) {
	end := strings.IndexAny(text, ".[]")
	if end < 0 {
		end = len(text)
	}
	key, rest := text[:end], text[end:]
	switch {
	case key == "":
		return step{}, "", errors.New("a key is empty")
	case strings.HasPrefix(rest, "]"):
		return step{}, "", errors.New("a bracket closes that was not opened")
	}
	rest, err = parseDot(rest)
	return step{kind: byKey, key: key}, rest, err
}

// parseBracket reads [0] or [key=value].
func parseBracket(text string) (next step, rest string, err error) {
	end := strings.IndexByte(text, ']')
	if end < 0 {
		return step{}, "", errors.New("a bracket is not closed")
	}
	inner := text[1:end]
	if rest, err = parseDot(text[end+1:]); err != nil {
		return step{}, "", err
	}
	if key, value, search := strings.Cut(inner, "="); search {
		if key == "" || value == "" {
			return step{}, "", fmt.Errorf("[%s] is no key and value", inner)
		}
		return step{kind: bySearch, key: key, value: value}, rest, nil
	}
	index, err := strconv.ParseUint(inner, 10, 31)
	if err != nil {
		return step{}, "", fmt.Errorf("[%s] is neither an index nor a key and value", inner)
	}
	return step{kind: byIndex, index: int(index)}, rest, nil
}

// parseDot reads what separates a key from what stands before it.
func parseDot(text string) (rest string, err error) {
	if text == "" || text[0] == '[' {
		return text, nil
	}
	rest, dot := strings.CutPrefix(text, ".")
	if !dot || rest == "" || rest[0] == '[' {
		return "", errors.New("a dot stands between an element and a key")
	}
	return rest, nil
}
