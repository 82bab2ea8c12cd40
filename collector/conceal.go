package collector

import "bytes"

// minSecret is how long a header is at least that can be a key. Anything shorter could
// stand in an answer by chance.
const minSecret = 8

// concealer takes keys out of what a source says: one that complains about our key may
// well repeat it, and what it says is logged and shown.
type concealer [][]byte

func newConcealer(header map[string]string) (c concealer) {
	for _, value := range header {
		if len(value) >= minSecret {
			c = append(c, []byte(value))
		}
	}
	return c
}

// conceal returns the text itself when there is nothing to hide.
func (c concealer) conceal(text []byte) []byte {
	for _, secret := range c {
		if bytes.Contains(text, secret) {
			text = bytes.ReplaceAll(text, secret, []byte("<secret>"))
		}
	}
	return text
}
