package decode

import (
	"encoding/binary"
	"math/bits"
)

// highBits are the highest bits of eight bytes.
const highBits = 0x8080808080808080

// leadingDigits returns how many digits a text begins with. It looks at eight bytes at a
// time.
func leadingDigits(text []byte) int {
	at := 0
	for ; at+8 <= len(text); at += 8 {
		if others := nonDigits(binary.LittleEndian.Uint64(text[at:])); others != 0 {
			return at + bits.TrailingZeros64(others)/8
		}
	}
	for at < len(text) && text[at]-'0' <= 9 {
		at++
	}
	return at
}

// nonDigits marks, in the highest bit of each of eight bytes, what is no digit. Only the
// lowest mark is sure: an addition carries into the bytes above it.
func nonDigits(word uint64) uint64 {
	const zeros = 0x3030303030303030
	digits := word ^ zeros // 0 to 9 for digits, and more for all else
	return (digits | (digits + 0x7676767676767676)) & highBits
}

// number puts digits behind those of n; no more than maxDigits may come together.
func number(n int64, digits []byte) int64 {
	for ; len(digits) >= 8; digits = digits[8:] {
		n = n*1e8 + eight(binary.LittleEndian.Uint64(digits))
	}
	for _, digit := range digits {
		n = n*10 + int64(digit-'0')
	}
	return n
}

// eight is what eight digits mean: neighbours become pairs, pairs become fours, and
// those one number (Lemire, "Quickly parsing eight digits", 2018).
func eight(word uint64) int64 {
	word = (word & 0x0F0F0F0F0F0F0F0F) * (10<<8 + 1) >> 8
	word = (word & 0x00FF00FF00FF00FF) * (100<<16 + 1) >> 16
	word = (word & 0x0000FFFF0000FFFF) * (10000<<32 + 1) >> 32
	return int64(word)
}
