package storage

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

const checksumSize = crc32.Size

// checksum covers the name of the bucket and the key beside the value, so that a
// sound value in the wrong place is found out too.
func checksum(bucket, key, body []byte) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli) // the one shared table, made once
	sum := crc32.Update(0, table, bucket)
	sum = crc32.Update(sum, table, key)
	return crc32.Update(sum, table, body)
}

// seal appends the checksum to a value that is to be stored.
func seal(bucket, key, body []byte) []byte {
	return binary.LittleEndian.AppendUint32(body, checksum(bucket, key, body))
}

// sealOf returns the checksum at the end of a sealed value. It is what tells such values
// apart: one over a value and its own checksum is the same for all.
func sealOf(value []byte) uint32 {
	return binary.LittleEndian.Uint32(value[max(len(value)-checksumSize, 0):])
}

// unseal checks a stored value and returns it without its checksum.
func unseal(bucket, key, value []byte) ([]byte, error) {
	if len(value) < checksumSize {
		return nil, fmt.Errorf("%w value: %d bytes are too few", ErrDamaged, len(value))
	}
	body := value[:len(value)-checksumSize]
	if binary.LittleEndian.Uint32(value[len(body):]) != checksum(bucket, key, body) {
		return nil, fmt.Errorf("%w value: checksum does not match", ErrDamaged)
	}
	return body, nil
}
