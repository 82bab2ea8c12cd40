package storage_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"strata/storage"
)

var tortureNoMount = flag.Bool("torture.nomount", false, "leave out what needs a file system of its own")

// Rows 6 and 7, on a real file system of 8 MiB that only a child sees: it has a name
// space of mounts of its own, which needs root or the right to make one.
func TestTortureAFullOrReadOnlyDiskIsSurvived(t *testing.T) {
	if *tortureNoMount {
		t.Log("left out")
		return
	}
	j := newJob(t)
	j.Role, j.Path = "mount", t.TempDir()
	cmd := command(t, j)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	out, err := cmd.Output()
	if err != nil && len(out) == 0 {
		t.Fatal("needs the right to mount, or -torture.nomount to be left out:", err)
	}
	t.Logf("%s", strings.TrimSpace(string(out)))
	if err != nil {
		t.Error(err)
	}
}

// inMount is the child.
func inMount(t *testing.T, j job) {
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		t.Fatal("keep mounts private:", err)
	}
	if err := syscall.Mount("torture", j.Path, "tmpfs", 0, "size=8m"); err != nil {
		t.Fatal("mount, which -torture.nomount leaves out:", err)
	}
	dir := j.Path
	j.Path = dir + "/strata.db"
	s, err := storage.Open(j.Path, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	last := fillUp(t, j, s, dir+"/ballast")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := storage.Compact(j.Path, nil); !errors.Is(err, storage.ErrFull) {
		t.Error("compacting without room for a second file:", err)
	}
	if f := (check{Path: j.Path, Base: j.Base, Last: last, Go: true}).run(); f.lossless() != "" {
		t.Error("after the disk was full:", f.lossless())
	}
	readOnly(t, j, dir, last+9)
}

// fillUp works until the disk is full, a few times, and returns the last operation.
func fillUp(t *testing.T, j job, s *storage.Store, ballast string) (last int) {
	last = -1
	refused := 0
	for round := range 5 {
		if err := occupy(ballast); err != nil {
			t.Fatal(err)
		}
		for ; ; last++ {
			if err := do(s, j.Base, last+1); err != nil {
				refusedForFullness(t, err)
				refused++
				break
			}
		}
		for range 50 {
			err := do(s, j.Base, last+1)
			if err == nil { // it found room all the same: then it counts as acknowledged and has to be there below
				last++
				continue
			}
			refusedForFullness(t, err)
			refused++
		}
		var f findings
		check{Base: j.Base, Last: last}.read(s, &f)
		if f.lossless() != "" {
			t.Errorf("round %d, disk full: %s", round, f.lossless())
		}
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		for range 20 {
			if err := do(s, j.Base, last+1); err != nil {
				t.Fatalf("round %d: there is room again, and: %v", round, err)
			}
			last++
		}
	}
	fmt.Printf("disk full 5 times in %d operations, %d calls refused, none lost, each went on with the first call after\n", last+1, refused)
	return last
}

func refusedForFullness(t *testing.T, err error) {
	if !errors.Is(err, storage.ErrFull) || strings.Contains(err.Error(), "\n") {
		t.Errorf("a full disk is told as %v", err)
	}
}

// occupy takes all room that is left.
func occupy(path string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	for size := 1 << 16; size > 0; {
		if _, err := file.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
	return file.Close()
}

// readOnly wants a store on a disk that cannot be written to refused for writing, in one
// line, and read.
func readOnly(t *testing.T, j job, dir string, last int) {
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, "size=8m"); err != nil {
		t.Fatal("mount for reading only:", err)
	}
	for _, path := range []string{j.Path, dir + "/new/strata.db"} {
		_, err := storage.Open(path, storage.Options{})
		if !errors.Is(err, syscall.EROFS) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s on a disk for reading only: %v", path, err)
		}
	}
	s, err := storage.Open(j.Path, storage.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	var f findings
	check{Base: j.Base, Last: last}.read(s, &f)
	if err := s.Close(); err != nil || f.lossless() != "" {
		t.Error(f.lossless(), err)
	}
	fmt.Println("disk read-only: refused for writing, read whole")
}
