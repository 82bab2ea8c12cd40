package crashsim

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Parse reads a recording of strace and returns what was done to files below dir, and
// what was printed. Calls that failed did nothing. Files that were there before are named;
// their numbers are 0 and so on, see [Disk.Keep].
func Parse(recording io.Reader, dir string, existing ...string) ([]Event, error) {
	p := parser{dir: dir, open: map[string]*handle{}, names: map[string]int{}, unfinished: map[string]string{}, files: len(existing)}
	for file, name := range existing {
		p.names[name] = file
	}
	lines := bufio.NewReader(recording)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			if err := p.line(strings.TrimSuffix(line, "\n")); err != nil {
				return nil, err
			}
		}
		if err == io.EOF {
			return p.events, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read recording: %w", err)
		}
	}
}

// handle is an open file, or an open directory.
type handle struct {
	file      int
	directory string // "" for a file
	position  int64
}

type parser struct {
	dir        string
	events     []Event
	open       map[string]*handle // by descriptor
	names      map[string]int
	files      int
	unfinished map[string]string // by thread
}

// line puts together a call that another thread interrupted in the recording:
//
//	17 fdatasync(3 <unfinished ...>
//	17 <... fdatasync resumed>) = 0
func (p *parser) line(line string) error {
	thread, call, _ := strings.Cut(line, " ")
	call = strings.TrimLeft(call, " ")
	if begun, ok := strings.CutSuffix(call, "<unfinished ...>"); ok {
		p.unfinished[thread] = strings.TrimRight(begun, " ")
		return nil
	}
	if strings.HasPrefix(call, "<... ") {
		_, rest, _ := strings.Cut(call, "resumed>")
		call = p.unfinished[thread] + rest
	}
	name, rest, ok := strings.Cut(call, "(")
	end := strings.LastIndex(rest, ") ")
	if !ok || end < 0 { // a signal, the end of a thread
		return nil
	}
	result, err := strconv.ParseInt(strings.TrimSpace(strings.TrimLeft(rest[end+1:], " =")), 10, 64)
	if err != nil || result < 0 {
		return nil //nolint:nilerr // "-1 ENOENT (...)" and "?" are calls that did nothing
	}
	if err := p.call(name, strings.Split(rest[:end], ", "), result); err != nil {
		return fmt.Errorf("understand %.80s: %w", call, err)
	}
	return nil
}

func (p *parser) call(name string, args []string, result int64) error {
	switch name {
	case "openat":
		return p.openat(args, strconv.FormatInt(result, 10))
	case "close":
		delete(p.open, args[0])
	case "write", "pwrite64":
		return p.write(args, result)
	case "ftruncate":
		if h := p.open[args[0]]; h != nil {
			size, err := strconv.ParseInt(args[1], 10, 64)
			p.add(Event{Kind: Truncate, File: h.file, Offset: size})
			return err
		}
	case "fsync", "fdatasync":
		if h := p.open[args[0]]; h != nil && h.directory != "" {
			p.add(Event{Kind: SyncNames, Name: h.directory})
		} else if h != nil {
			p.add(Event{Kind: Sync, File: h.file})
		}
	default:
		return p.rename(name, args)
	}
	return nil
}

func (p *parser) add(e Event) { p.events = append(p.events, e) }

func (p *parser) openat(args []string, descriptor string) error {
	path, err := text(args[1])
	delete(p.open, descriptor)
	if err != nil || path != p.dir && !strings.HasPrefix(path, p.dir+"/") {
		return err
	}
	file, known := p.names[path]
	switch {
	case known:
		if strings.Contains(args[2], "O_TRUNC") {
			p.add(Event{Kind: Truncate, File: file})
		}
	case strings.Contains(args[2], "O_CREAT"):
		file = p.files
		p.files++
		p.names[path] = file
		p.add(Event{Kind: Create, File: file, Name: path})
	default:
		p.open[descriptor] = &handle{directory: path}
		return nil
	}
	p.open[descriptor] = &handle{file: file}
	return nil
}

func (p *parser) write(args []string, written int64) error {
	h := p.open[args[0]]
	if h == nil && args[0] != "1" {
		return nil
	}
	data, err := text(args[1])
	if err != nil || int64(len(data)) < written {
		return fmt.Errorf("%d bytes recorded of %d: %w", len(data), written, err)
	}
	data = data[:written]
	if h == nil {
		p.add(Event{Kind: Print, Data: []byte(data)})
		return nil
	}
	at := h.position
	if len(args) > 3 {
		at, err = strconv.ParseInt(args[3], 10, 64)
	} else {
		h.position += written
	}
	p.add(Event{Kind: Write, File: h.file, Offset: at, Data: []byte(data)})
	return err
}

// rename takes link, rename and unlink, with and without their directory descriptors.
func (p *parser) rename(name string, args []string) error {
	var paths []string
	for _, arg := range args {
		if strings.HasPrefix(arg, `"`) {
			path, err := text(arg)
			if err != nil {
				return err
			}
			paths = append(paths, path)
		}
	}
	file, known := p.names[paths[0]]
	if !known {
		return nil
	}
	if len(paths) == 2 {
		p.names[paths[1]] = file
		p.add(Event{Kind: Link, File: file, Name: paths[1]})
	}
	if !strings.HasPrefix(name, "link") {
		delete(p.names, paths[0])
		p.add(Event{Kind: Remove, File: file, Name: paths[0]})
	}
	return nil
}

// text reads a string as strace -xx prints it, "\x2f\x74".
func text(arg string) (string, error) {
	if !strings.HasPrefix(arg, `"`) || !strings.HasSuffix(arg, `"`) {
		return "", fmt.Errorf("%.40s is not a whole string", arg)
	}
	decoded, err := hex.DecodeString(strings.ReplaceAll(arg[1:len(arg)-1], `\x`, ""))
	return string(decoded), err
}
