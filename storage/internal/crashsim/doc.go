// Package crashsim works out what a disk may hold after a power cut. It is for tests.
//
// A program is recorded by strace while it works on files ([Trace] says how) and says
// on standard output what it has made durable. [Parse] reads the recording. A [Disk]
// plays it back up to any event, and [Disk.Crash] then makes up one of the states the
// disk may be found in:
//
//   - what a file was given before its last fsync or fdatasync is there;
//   - of what came after it anything may be there: all, nothing, the first so many
//     writes, any of them whatever their order, or single sectors of any of them;
//   - a change of a name is sure once its directory was synced, and may or may not have
//     happened before.
//
// That is what POSIX leaves open and more than ext4 does. A sector of 512 bytes is
// written whole or not at all; that a sector rots, or that a disk lies about what it has
// synced, is not part of it ([Disk.Lie] makes it lie, which must show).
//
// The recorded program must do one thing at a time to a file, and write to it with the
// calls that [Trace] names: not through a mapping.
package crashsim
