// Package storage keeps price history in one bbolt file.
//
// It promises that
//
//   - a cycle that [Store.Append] acknowledged is on the disk: kill -9 or a power
//     cut a moment later loses nothing, and an unacknowledged one may be sent
//     again, because the first value of a (token, source, field, time) wins;
//   - values come back exactly as they went in, integer and exponent, 0.7070 as
//     0.7070, for as long as their resolution is kept;
//   - no transaction is open while a caller works on what it read, and none is long,
//     so a slow reader neither stalls a writer nor makes the file grow;
//   - damage is found by checksum, costs the series of the segment it sits in, is
//     reported by name, and never ends the process; a file that cannot be trusted as
//     a whole is refused with one sentence that says what is wrong and what to do.
//
// # Layout, format version 2
//
// Integers in keys are big endian, so that bbolt orders them. A varint is the one
// of encoding/binary; signed ones are zigzag coded. A checksum is the CRC32C
// (Castagnoli) of bucket name, key and value, little endian, in the last 4 bytes
// of the value, so that a value which turns up under another key is found out too.
//
//	bucket    key                              value
//	meta      "application"                    "strata"
//	          "format"                         uint32 big endian, 2
//	          "created"                        uint64 big endian, unix milliseconds
//	          "clean"                          empty; there only while nobody has the file open for writing
//	          "next"                           id that the next new series gets, uint32 big endian; checksum
//	          "rows"                           count of the rows of "cycles", uint32 big endian; checksum
//	          "kept"                           for each resolution the first span kept, uint32 big endian, 0
//	                                           when nothing has expired; checksum
//	          "sealing"                        number of an hour, uint64 big endian, and of the first group
//	                                           whose rows of that hour are not in segments, uint32;
//	                                           checksum; missing when no hour is half sealed
//	series    id, uint32, from 1 on, no gaps   varint length, token slug
//	                                           varint length, source
//	                                           varint length, field: "price", "volume", "marketcap",
//	                                           or "candles " and their interval
//	                                           varint first, last: unix milliseconds of the sealed samples
//	                                           varint count of the sealed samples
//	                                           checksum
//	cycles    time, uint64 unix milliseconds   varint count, then for each value, by series id:
//	                                             varint id less the id before
//	                                             signed varint exponent
//	                                             varint coefficient
//	                                           checksum
//	segments  resolution, byte                 the points of all series of the group in that span, by
//	          span, uint32                     strata/storage/internal/codec, which has checksums of its
//	          group, uint32                    own for the directory and for every series
//	manifest  resolution, byte                 varint count, then for each segment, by span:
//	          group, uint32                      varint span less the one after the span before
//	                                             checksum of bucket, key and value of the segment
//	                                             varint count of its points
//	          3, byte                          the same for the candles of a series: the checksum
//	          id, uint32                         that ends the value, and the count of candles
//	                                           checksum
//	candles   id, uint32                       five series by the codec, of one time column: open, high,
//	          span, uint32                     low, close, volume
//	                                           checksum
//	damaged   bucket name, 0, key              the value as it was found
//	format-1  "segments"                       the segments of version 1 that are still to be brought
//	                                           over; the bucket is there only meanwhile
//
// A resolution is 0 (every sample), 1 (the last of every 5 minutes) or 2 (the last of
// every hour). The interval of a time is (g-Δ, g], and so is its span, which is made of
// whole intervals: a UTC day, days since 1970, or for hours a UTC month, months since
// January 1970. What falls on midnight belongs to what ends there. A group is the id of
// a series divided by 64, so that tens of kilobytes share one value, one directory and
// mostly one column of times. Candles lie in days below an hour, otherwise in months.
//
// A cycle is first written as one row of "cycles". Once a later hour has begun, the
// rows of an hour are sealed, a few groups after every cycle, each in a transaction
// that adds to the three segments of the group, to its manifests and to the records of
// its series; when all groups are done, the rows go. Until then a sample may stand in
// both, and readers take the one in the segment. Imported history goes into the
// segments directly, all three of them, too.
//
// What is older than [Retention] says is deleted, a few segments after a cycle. "kept"
// then moves on with the first segment of a span, and from that moment the span is
// read at the next coarser resolution, whatever of it is still there.
//
// Before a file is used its tree of pages is walked once: pages that form a circle,
// stand in two places or say that they are longer than the file are something bbolt
// would loop over or crash on, so such a file is refused.
//
// # Caveats
//
//   - Times are kept in milliseconds; finer parts are cut off. They lie between
//     1970 and 9999.
//   - One process at a time has the file, for reading too: the lock of bbolt is
//     exclusive for a writer. It sits on the file; one that is moved away or replaced
//     under a running process is noticed at the next write, which fails.
//   - The file never shrinks; freed pages are used again. [Compact] writes it anew.
//   - History that is imported from before what is kept at full resolution keeps its
//     closes only.
//   - The counts of [Store.Series] are what was written and has not expired, and still
//     include the samples of a segment that was damaged later.
//   - A volume or market cap that is not positive is not kept: zero means not given.
//   - A value damaged while its span is still being written to is copied to the
//     bucket "damaged", where it stays for whoever can repair it.
//   - A backup of a store in use has no mark of a clean close, so it counts as unclean.
//   - Byte order and page size are those of the machine that made the file.
package storage
