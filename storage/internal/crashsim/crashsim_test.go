package crashsim

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What strace 6.1 printed of a program that made a file under another name, put it in
// place and wrote "ab", "c" into it; a second thread printed meanwhile.
const recording = `11 openat(AT_FDCWD, "\x2f\x64\x2f\x6e", O_RDWR|O_CREAT|O_EXCL|O_CLOEXEC, 0600) = 3
11 pwrite64(3, "\x61\x62", 2, 0 <unfinished ...>
12 write(1, "\x68\x69", 2)           = 2
11 <... pwrite64 resumed>)           = 2
12 --- SIGURG {si_signo=SIGURG, si_code=SI_TKILL, si_pid=11, si_uid=0} ---
11 fdatasync(3)                      = 0
11 linkat(AT_FDCWD, "\x2f\x64\x2f\x6e", AT_FDCWD, "\x2f\x64\x2f\x66", 0) = 0
11 unlinkat(AT_FDCWD, "\x2f\x64\x2f\x6e", 0) = 0
11 openat(AT_FDCWD, "\x2f\x64", O_RDONLY|O_CLOEXEC) = 4
11 fsync(4)                          = 0
11 close(4)                          = 0
11 openat(AT_FDCWD, "\x2f\x65\x74\x63", O_RDONLY) = 4
11 write(4, "\x78", 1)               = 1
11 pwrite64(3, "\x63", 1, 1024)      = 1
11 ftruncate(3, 2048)                = 0
11 openat(AT_FDCWD, "\x2f\x64\x2f\x71", O_RDWR) = -1 ENOENT (No such file or directory)
11 +++ exited with 0 +++
`

func events(t *testing.T) []Event {
	t.Helper()
	parsed, err := Parse(strings.NewReader(recording), "/d")
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func TestARecordingIsReadAsWhatItDid(t *testing.T) {
	want := []Event{
		{Kind: Create, Name: "/d/n"},
		{Kind: Print, Data: []byte("hi")},
		{Kind: Write, Data: []byte("ab")},
		{Kind: Sync},
		{Kind: Link, Name: "/d/f"},
		{Kind: Remove, Name: "/d/n"},
		{Kind: SyncNames, Name: "/d"},
		{Kind: Write, Offset: 1024, Data: []byte("c")},
		{Kind: Truncate, Offset: 2048},
	}
	if diff := cmp.Diff(want, events(t)); diff != "" {
		t.Error(diff)
	}
	if _, err := Parse(strings.NewReader(`1 pwrite64(3, "\x61"..., 2, 0) = 2`+"\n"), "/d"); err != nil {
		t.Error(err, "of a file that is not asked for")
	}
	cut := strings.Replace(recording, `"\x61\x62"`, `"\x61"...`, 1)
	if _, err := Parse(strings.NewReader(cut), "/d"); err == nil {
		t.Error("a recording that leaves out bytes is taken for whole")
	}
}

func TestWhatWasSyncedIsThereAndTheRestMayBe(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var disk Disk
	seen := map[string]bool{}
	for _, e := range events(t) {
		disk.Do(e)
	}
	for range 1000 {
		found := disk.Crash(r)
		content, ok := found["/d/f"]
		if !ok || len(found) != 1 || !bytes.HasPrefix(content, []byte("ab")) {
			t.Fatalf("found %q, want /d/f beginning with ab", found)
		}
		if other := strings.Trim(string(content[2:]), "\x00"); other != "" && other != "c" {
			t.Fatalf("found %q, which nobody wrote", other)
		}
		seen[string(content)] = true
	}
	if len(seen) != 4 || disk.Unsynced() != 2 { // with or without each of write and truncate
		t.Errorf("%d states of %d events, want 4 of 2", len(seen), disk.Unsynced())
	}
}

func TestANameIsSureOnlyOnceItsDirectoryWasSynced(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var disk Disk
	seen := map[int]bool{}
	for _, e := range events(t)[:6] {
		disk.Do(e)
	}
	for range 1000 {
		found := disk.Crash(r)
		seen[len(found)] = true
		if content, ok := found["/d/f"]; ok && string(content) != "ab" {
			t.Fatalf("the file was named before its content: %q", content)
		}
	}
	if !seen[0] || !seen[1] || !seen[2] {
		t.Errorf("found %v names, want none, one and two", seen)
	}
}

func TestADiskThatLiesMayLoseWhatWasSynced(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	disk := Disk{Lie: true}
	lost := 0
	for _, e := range events(t) {
		disk.Do(e)
	}
	for range 1000 {
		if content := disk.Crash(r)["/d/f"]; !bytes.HasPrefix(content, []byte("ab")) {
			lost++
		}
	}
	if lost < 300 {
		t.Errorf("lost the synced write %d times of 1000", lost)
	}
}

func TestSectorsAreTornAtTheirBoundaries(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	write := Event{Kind: Write, Offset: 500, Data: bytes.Repeat([]byte{1}, 1024)}
	for range 1000 {
		for _, e := range torn(r, write) {
			if end := e.Offset + int64(len(e.Data)); e.Offset/sector != (end-1)/sector {
				t.Fatalf("bytes %d to %d are kept together", e.Offset, end)
			}
		}
	}
}

func TestAFileThatWasThereKeepsWhatWasNotWritten(t *testing.T) {
	const recording = `1 openat(AT_FDCWD, "\x2f\x64\x2f\x66", O_RDWR|O_CLOEXEC) = 3
1 pwrite64(3, "\x63", 1, 1) = 1
`
	parsed, err := Parse(strings.NewReader(recording), "/d", "/d/f")
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(9, 10))
	var disk Disk
	disk.Keep(0, "/d/f", []byte("ab"))
	seen := map[string]bool{}
	for _, e := range parsed {
		disk.Do(e)
	}
	for range 100 {
		seen[string(disk.Crash(r)["/d/f"])] = true
	}
	if diff := cmp.Diff(map[string]bool{"ab": true, "ac": true}, seen); diff != "" {
		t.Error(diff)
	}
}
