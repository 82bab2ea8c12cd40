package crashsim

// Trace are the arguments that make strace record what [Parse] understands; the file to
// record to and the command come after them.
func Trace() []string {
	return []string{"-f", "-qq", "--seccomp-bpf", "-xx", "-s", "67108864", "-e",
		"trace=openat,close,pwrite64,write,ftruncate,fdatasync,fsync,link,linkat,rename,renameat,renameat2,unlink,unlinkat", "-o"}
}

// Kind says what an event did.
type Kind int

// The kinds of events, with the fields of [Event] that they fill.
const (
	Create    Kind = iota // the new, empty file File got the name Name
	Write                 // Data went to Offset of File
	Truncate              // File became Offset bytes long
	Sync                  // what File was given until now is on the disk
	Link                  // File got the name Name, which may have been another's
	Remove                // the name Name is gone
	SyncNames             // changes of names in the directory Name are on the disk
	Print                 // Data went to standard output
)

// Event is something a recorded program did.
type Event struct {
	Kind   Kind
	File   int    // number of the file, given in the order of creation
	Name   string // path
	Offset int64
	Data   []byte
}
