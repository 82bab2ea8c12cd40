package recording

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"

	"github.com/klauspost/compress/zstd"
)

const magic = "strata recording 1\n"

// Encode writes a recording. It fails for a series whose bars are not in the order
// of time, or whose prices differ by more orders of magnitude than an int64 holds.
func Encode(r *Recording) ([]byte, error) {
	header, err := json.Marshal(r.Header)
	if err != nil {
		return nil, fmt.Errorf("encode header: %w", err)
	}
	var body []byte
	for _, s := range r.Series {
		if body, err = appendSeries(body, s.Bars); err != nil {
			return nil, fmt.Errorf("encode series of %s: %w", s.Token, err)
		}
	}
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression))
	if err != nil {
		return nil, fmt.Errorf("start compression: %w", err)
	}
	defer encoder.Close() //nolint:errcheck // it writes to no file: nothing can be lost
	return encoder.EncodeAll(body, append([]byte(magic+string(header)), '\n')), nil
}

func appendSeries(body []byte, bars []Bar) ([]byte, error) {
	runs, err := split(bars)
	if err != nil {
		return nil, err
	}
	body = binary.AppendUvarint(body, uint64(len(runs)))
	for _, run := range runs {
		if body, err = appendRun(body, run); err != nil {
			return nil, err
		}
	}
	return body, nil
}

// split cuts bars into runs of equal distance.
func split(bars []Bar) ([][]Bar, error) {
	var runs [][]Bar
	first := 0
	for i := 1; i < len(bars); i++ {
		step := bars[i].Close - bars[i-1].Close
		if step <= 0 {
			return nil, fmt.Errorf("bar at %d does not follow the one at %d", bars[i].Close, bars[i-1].Close)
		}
		if i-first > 1 && step != bars[i-1].Close-bars[i-2].Close {
			runs, first = append(runs, bars[first:i]), i
		}
	}
	if first < len(bars) {
		runs = append(runs, bars[first:])
	}
	return runs, nil
}

func appendRun(body []byte, run []Bar) ([]byte, error) {
	finest := run[0].Price.Exponent
	for _, bar := range run {
		finest = min(finest, bar.Price.Exponent)
	}
	coefficients, tick, err := rescale(run, finest)
	if err != nil {
		return nil, err
	}
	var step int64
	if len(run) > 1 {
		step = run[1].Close - run[0].Close
	}
	body = binary.AppendUvarint(body, uint64(step))
	body = binary.AppendVarint(body, run[0].Close)
	body = binary.AppendUvarint(body, uint64(len(run)))
	body = binary.AppendVarint(body, int64(finest))
	body = binary.AppendUvarint(body, uint64(tick))
	for _, bar := range run {
		body = binary.AppendUvarint(body, uint64(int(bar.Price.Exponent)-int(finest)))
	}
	var last int64
	for _, c := range coefficients {
		body = binary.AppendVarint(body, c/tick-last)
		last = c / tick
	}
	return body, nil
}

// rescale brings the coefficients of a run to one exponent and finds their tick.
func rescale(run []Bar, finest int8) (coefficients []int64, tick int64, err error) {
	coefficients = make([]int64, len(run))
	for i, bar := range run {
		c := bar.Price.Coefficient
		if c <= 0 {
			return nil, 0, fmt.Errorf("price %s is not positive", bar.Price)
		}
		for range int(bar.Price.Exponent) - int(finest) {
			if c > math.MaxInt64/10 {
				return nil, 0, fmt.Errorf("price %s does not fit beside one with exponent %d", bar.Price, finest)
			}
			c *= 10
		}
		coefficients[i], tick = c, gcd(c, tick)
	}
	return coefficients, tick, nil
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
