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
//	                                           varint first, last: unix milliseconds of the samples in
//	                                             segments, pieces left out, and of candles
//	                                           varint count of them
//	                                           checksum
//	cycles    time, uint64 unix milliseconds   varint count of groups, then for each
//	                                             varint group less the one after the group before
//	                                             varint length of its values
//	                                           then the values of each group, by series id:
//	                                             varint id less the one after the id before (the
//	                                               first: the lowest of the group), times 256,
//	                                               and the exponent, zigzag coded
//	                                             varint coefficient
//	                                           checksum
//	segments  level, byte                      the points of all series of the group in that span, by
//	          span, uint32                     strata/storage/internal/codec, which has checksums of its
//	          group, uint32                    own for the directory and for every series
//	manifest  level, byte                      varint count, then for each segment, by span:
//	          group, uint32                      varint span less the one after the span before
//	                                             checksum of bucket, key and value of the segment
//	                                             varint count of its points
//	          3, byte                          the same for the candles of a series: the checksum
//	          id, uint32                         that ends the value, and the count of candles
//	                                           checksum
//	candles   id, uint32                       five series by the codec, of one time column: open, high,
//	          span, uint32                     low, close, volume
//	                                           checksum
//	ledger    source, 0, token, 0,             varint length, status
//	          interval, from, to: each           varint length, text of the last error
//	          uint64 milliseconds                varint count of attempts
//	                                             varint time of the last, unix milliseconds, 0 for none
//	                                             varint count of the samples it brought
//	                                             checksum
//	notes     time, uint64 unix milliseconds   what the collector says of the cycle of that time
//	                                             checksum
//	          times of the first and the last: notes of one hour, packed: varint count of them, then
//	          each uint64 milliseconds           for each
//	                                               varint milliseconds after the note before
//	                                               varint length
//	                                             then all of them, one after the other, as one frame
//	                                               of zstd
//	                                             checksum
//	damaged   bucket name, 0, key              the value as it was found
//	format-1  "segments"                       the segments of version 1 that are still to be brought
//	                                           over; the bucket is there only meanwhile
//
// A level is a resolution, 0 (every sample), 1 (the last of every 5 minutes) or 2 (the
// last of every hour), or 4 for pieces, which hold every sample too. The interval of a time
// is (g-Δ, g], and so is its span, which is made of whole intervals: a UTC day, days since
// 1970; for pieces an hour, hours since 1970; for the last of every hour a UTC month, months
// since January 1970. What falls on midnight belongs to what ends there. A group is the id
// of a series divided by 64, so that tens of kilobytes share one value, one directory and
// mostly one column of times. Candles lie in days below an hour, otherwise in months.
//
// A cycle is first written as one row of "cycles". Once a later hour has begun, the rows of
// an hour are sealed, some groups after every cycle, each time in a transaction that makes a
// piece of every group and adds it to its manifest; when all groups are done, the rows go.
// Until then a sample may stand in both, and readers take the one in the piece. Once a
// quarter of a UTC day is over, the pieces of a group become part of the segment of their
// day, in one transaction that removes them and counts them in the records of the series:
// so a sample goes into segments three or four times, not every hour again. Imported history
// goes into the segment of its day directly, and takes the pieces that are there along.
//
// "ledger" and "notes" are no history: they say what was asked for and how a cycle came
// about. The notes of an hour are much alike. Once it is over, or there is a megabyte of
// them, they are packed into one value, which takes their place in one transaction after a
// cycle; a note that comes late is packed by itself. What is too old or more than may be
// kept goes a value at a time, the oldest first. A store of this version that was made
// before there were any gets the buckets when it is next opened for writing.
//
// What is older than [Retention] says becomes coarser, a few segments after a cycle: the
// closes of the next resolution are made of a segment, added there, and the segment is
// deleted, all in one transaction. "kept" moves on with the first segment of a span, and from
// that moment the span is read at the next coarser resolution; of what is not coarser yet
// the closes are made while it is read, as they are wherever finer samples are still kept.
// So the samples of a day and group stand at one level only, pieces apart.
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
//   - A value that is damaged when it is about to be written to, merged or made coarser is
//     copied to the bucket "damaged", where it stays for whoever can repair it.
//   - Closes of 5 minutes and of hours are no second copy of samples that are still kept: a
//     day that is damaged is damaged at all resolutions.
//   - A damaged entry of the ledger is as good as none, so that chunk is asked for again;
//     a damaged note is lost, and with a damaged block the notes in it. Neither keeps a
//     cycle from being stored.
//   - A backup of a store in use has no mark of a clean close, so it counts as unclean.
//   - Byte order and page size are those of the machine that made the file.
package storage
