// Package storage keeps price history in one bbolt file.
//
// It promises that
//
//   - a cycle that [Store.Append] acknowledged is on the disk: kill -9 or a power
//     cut a moment later loses nothing, and an unacknowledged one may be sent
//     again, because the first value of a (token, source, time) wins;
//   - prices come back exactly as they went in, integer and exponent, 0.7070 as
//     0.7070;
//   - no transaction is open while a caller works on what it read, so a slow
//     reader neither stalls a writer nor makes the file grow;
//   - damage is found by checksum, costs the value it sits in, is reported, and
//     never ends the process; a file that cannot be trusted as a whole is refused
//     with one sentence that says what is wrong and what to do.
//
// # Layout, format version 1
//
// Integers in keys are big endian, so that bbolt orders them. A varint is the one
// of encoding/binary; signed ones are zigzag coded. A checksum is the CRC32C
// (Castagnoli) of bucket name, key and value, little endian, in the last 4 bytes
// of the value, so that a value which turns up under another key is found out too.
//
//	bucket    key                              value
//	meta      "application"                    "strata"
//	          "format"                         uint32 big endian, 1
//	          "created"                        uint64 big endian, unix milliseconds
//	series    id, uint32                       varint length, token slug
//	                                           varint length, source
//	                                           varint first, last: unix milliseconds of the sealed samples
//	                                           varint count of the sealed samples
//	                                           checksum
//	cycles    time, uint64 unix milliseconds   varint count, then for each sample, by series id:
//	                                             varint id less the id before
//	                                             signed varint exponent
//	                                             varint coefficient
//	                                           checksum
//	segments  day, uint32 days since 1970      varint count
//	          id, uint32                       varint length, column of times
//	                                           varint length, column of exponents
//	                                           column of coefficients
//	                                           checksum
//	damaged   bucket name, 0, key              the value as it was found
//
// A cycle is first written as one row of "cycles". Once a later hour has begun, the
// rows of an hour are moved into the segments of their day, one value a series and
// UTC day, in one transaction that writes the segments and removes the rows. A
// sample therefore stands in exactly one place at any instant. Imported history goes
// into the segments directly.
//
// A column is a run of signed integers, most of them small or 0: times are the
// change of the step between samples in milliseconds (0 for as long as the cycle is
// steady), exponents the change of the exponent, coefficients the difference from
// the price before written with the new exponent. Each integer v takes one varint:
// 0 for a single zero, 1 followed by n for 3 + n zeros in a row (at most 130), and
// the zigzag code of v plus 1 for any other.
//
// # Caveats
//
//   - Times are kept in milliseconds; finer parts are cut off. They lie between
//     1970 and 9999.
//   - One process at a time has the file, for reading too: the lock of bbolt is
//     exclusive for a writer. It sits on the file, so a file that is moved away or
//     replaced under a running process is no longer protected by it.
//   - The file never shrinks; freed pages are used again.
//   - The counts of [Store.Series] are what was written, and still include the
//     samples of a segment that was damaged later.
//   - A value damaged while its day is still being written to is moved to the
//     bucket "damaged", where it stays for whoever can repair it.
//   - Byte order and page size are those of the machine that made the file.
package storage
