package decode

import (
	"encoding/binary"
	"math/bits"
)

// maxDepth is how deep plain JSON may be nested; no source goes beyond six.
const maxDepth = 32

// The functions below walk over JSON once, without copying. Each takes the place to
// begin at and returns the place behind what it has read, or -1 when that is not
// valid or not plain: then encoding/json has the word.

// skipSpace needs no -1.
func skipSpace(text []byte, at int) int {
	for at < len(text) && (text[at] == ' ' || text[at] == '\n' || text[at] == '\t' || text[at] == '\r') {
		at++
	}
	return at
}

// skipValue expects a value to begin right at the place.
func skipValue(text []byte, at, depth int) int {
	if at >= len(text) || depth > maxDepth {
		return -1
	}
	switch text[at] {
	case '{':
		return skipObject(text, at, depth)
	case '[':
		return skipArray(text, at, depth)
	}
	return skipScalar(text, at)
}

// skipScalar expects a string, a number, true, false or null.
func skipScalar(text []byte, at int) int {
	if at >= len(text) {
		return -1
	}
	switch text[at] {
	case '"':
		return skipString(text, at)
	case 't':
		return skipWord(text, at, "true")
	case 'f':
		return skipWord(text, at, "false")
	case 'n':
		return skipWord(text, at, "null")
	}
	return skipNumber(text, at)
}

func skipWord(text []byte, at int, word string) int {
	if end := at + len(word); end <= len(text) && string(text[at:end]) == word {
		return end
	}
	return -1
}

func skipObject(text []byte, at, depth int) int {
	at, done := enter(text, at, '}')
	for !done && at >= 0 {
		if at = skipKey(text, at); at < 0 {
			return -1
		}
		if at = skipValue(text, at, depth+1); at < 0 {
			return -1
		}
		at, done = advance(text, at, '}')
	}
	return at
}

func skipArray(text []byte, at, depth int) int {
	at, done := enter(text, at, ']')
	for !done && at >= 0 {
		if at = skipValue(text, at, depth+1); at < 0 {
			return -1
		}
		at, done = advance(text, at, ']')
	}
	return at
}

// enter goes from an opening bracket to the first thing inside, or behind the
// closing one when there is nothing.
func enter(text []byte, at int, closing byte) (int, bool) {
	at = skipSpace(text, at+1)
	if at < len(text) && text[at] == closing {
		return at + 1, true
	}
	return at, false
}

// advance goes from the end of one thing to the next one, or behind the closing bracket.
func advance(text []byte, at int, closing byte) (int, bool) {
	at = skipSpace(text, at)
	switch {
	case at >= len(text):
		return -1, true
	case text[at] == closing:
		return at + 1, true
	case text[at] != ',':
		return -1, true
	}
	return skipSpace(text, at+1), false
}

// skipKey goes over a key and its colon, up to the value.
func skipKey(text []byte, at int) int {
	if at >= len(text) || text[at] != '"' {
		return -1
	}
	if at = skipString(text, at); at < 0 {
		return -1
	}
	return skipColon(text, at)
}

func skipColon(text []byte, at int) int {
	if at = skipSpace(text, at); at >= len(text) || text[at] != ':' {
		return -1
	}
	return skipSpace(text, at+1)
}

// skipString looks at sixteen bytes at once: to guess in which word of eight a string
// ends is to err often. Towards the end of the text it looks at eight, and at one.
func skipString(text []byte, at int) int {
	at++
	for at < len(text) {
		if at+16 <= len(text) {
			first, second := special(binary.LittleEndian.Uint64(text[at:])), special(binary.LittleEndian.Uint64(text[at+8:]))
			plain := bits.TrailingZeros64(first) / 8
			if first == 0 {
				plain = 8 + bits.TrailingZeros64(second)/8
			}
			if at += plain; plain == 16 {
				continue
			}
		} else if at+8 <= len(text) {
			plain := bits.TrailingZeros64(special(binary.LittleEndian.Uint64(text[at:]))) / 8
			if at += plain; plain == 8 {
				continue
			}
		}
		switch c := text[at]; {
		case c == '"':
			return at + 1
		case c == '\\':
			if at = skipEscape(text, at); at < 0 {
				return -1
			}
		case c < ' ':
			return -1
		default:
			at++
		}
	}
	return -1
}

// special marks, in the highest bit of each of eight bytes, quotes, backslashes and
// control characters. Only the lowest mark is sure: a subtraction borrows from the
// bytes above it.
func special(word uint64) uint64 {
	const ones = 0x0101010101010101
	quote, backslash := word^('"'*ones), word^('\\'*ones)
	found := (quote-ones)&^quote | (backslash-ones)&^backslash | (word-' '*ones)&^word
	return found & highBits
}

func skipEscape(text []byte, at int) int {
	if at+1 >= len(text) {
		return -1
	}
	switch text[at+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return at + 2
	case 'u':
		for i := at + 2; i < at+6; i++ {
			if i >= len(text) || !isHex(text[i]) {
				return -1
			}
		}
		return at + 6
	}
	return -1
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// skipNumber knows the grammar of RFC 8259, section 6.
func skipNumber(text []byte, at int) int {
	if at < len(text) && text[at] == '-' {
		at++
	}
	switch {
	case at < len(text) && text[at] == '0':
		at++
	default:
		if at = skipDigits(text, at); at < 0 {
			return -1
		}
	}
	if at < len(text) && text[at] == '.' {
		if at = skipDigits(text, at+1); at < 0 {
			return -1
		}
	}
	if at < len(text) && (text[at] == 'e' || text[at] == 'E') {
		at++
		if at < len(text) && (text[at] == '+' || text[at] == '-') {
			at++
		}
		return skipDigits(text, at)
	}
	return at
}

// skipDigits expects at least one.
func skipDigits(text []byte, at int) int {
	end := at + leadingDigits(text[at:])
	if end == at {
		return -1
	}
	return end
}
