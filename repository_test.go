// Package strata_test guards the repository itself: what a reviewer would have to
// look for in every change, told with the reason.
package strata_test

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	module   = "strata"
	maxLines = 450
)

// A rule of the picture in docs/ARCHITECTURE.md: the packages at and below from
// never import the packages at and below one of to, in their tests neither.
var picture = []struct {
	from   string
	to     []string
	except string // below to, and allowed
	reason string
}{
	{"strata/layers", []string{"strata"}, "strata/layers", "layers thinks, it knows nobody who brings in, keeps or shows"},
	{"strata/collector", []string{"strata/storage", "strata/metrics", "strata/cmd"}, "", "collector hands its cycles to whoever keeps them; cmd joins the boxes"},
	{"strata/storage", []string{"strata/collector", "strata/metrics", "strata/cmd"}, "", "storage keeps samples wherever they come from; cmd joins the boxes"},
	{"strata/metrics", []string{"strata/collector", "strata/storage", "strata/cmd"}, "", "metrics asks small interfaces of its own, and a scrape never causes a request to a source"},
}

// Modules that have no place here, in tests neither.
var unwanted = map[string]string{
	"github.com/stretchr/testify": "tests use the standard library and go-cmp",
	"gopkg.in/yaml":               "it is unmaintained; use go.yaml.in/yaml/v4",
}

func TestImportsPointTheWayOfThePicture(t *testing.T) {
	for _, p := range packages(t) {
		imports := slices.Concat(p.Imports, p.TestImports, p.XTestImports)
		for _, rule := range picture {
			for _, imported := range imports {
				forbidden := slices.ContainsFunc(rule.to, func(to string) bool { return below(imported, to) })
				if below(p.ImportPath, rule.from) && forbidden && !below(imported, rule.except) {
					t.Errorf("%s imports %s: %s", p.ImportPath, imported, rule.reason)
				}
			}
		}
	}
}

func TestNobodyButTheCommandImportsTheCommand(t *testing.T) {
	for _, p := range packages(t) {
		for _, imported := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			if below(imported, "strata/cmd") && !below(p.ImportPath, "strata/cmd") {
				t.Errorf("%s imports %s: cmd wires the boxes together, so it depends on all and nobody depends on it", p.ImportPath, imported)
			}
		}
	}
}

func TestVolatilityIsPlainMaths(t *testing.T) {
	for _, p := range packages(t) {
		if !below(p.ImportPath, "strata/layers/volatility") {
			continue
		}
		for _, imported := range p.Imports {
			if first, _, _ := strings.Cut(imported, "/"); first == module || strings.Contains(first, ".") {
				t.Errorf("%s imports %s: it holds formulae anybody can lift out, with the standard library only", p.ImportPath, imported)
			}
		}
	}
}

func TestNoUnwantedModuleComesIn(t *testing.T) {
	for _, p := range packages(t) {
		for _, imported := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			for prefix, reason := range unwanted {
				if strings.HasPrefix(imported, prefix) {
					t.Errorf("%s imports %s: %s", p.ImportPath, imported, reason)
				}
			}
		}
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	for _, p := range packages(t) {
		if len(p.GoFiles) > 0 && p.Doc == "" {
			t.Errorf("%s has no package comment: say what it is for and what it promises", p.ImportPath)
		}
	}
}

func TestEveryFileIsShortEnoughToBeReadAtOnce(t *testing.T) {
	for _, name := range goFiles(t) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if lines := strings.Count(string(text), "\n"); lines > maxLines {
			t.Errorf("%s has %d lines, want at most %d: one idea a file", name, lines, maxLines)
		}
	}
}

func TestNoFileReachesOutOfTheRepository(t *testing.T) {
	for _, name := range goFiles(t) {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for text := range stringsIn(file) {
			first, rest, _ := strings.Cut(text, "/")
			if first == ".." && rest != "" && !filepath.IsLocal(filepath.Join(filepath.Dir(name), text)) {
				t.Errorf("%s names %q: a clone has nothing beside it; what is needed goes into testdata", name, text)
			}
		}
	}
}

// stringsIn returns the string literals of a file, and the paths that are joined
// from a row of them as in filepath.Join("..", "..").
func stringsIn(file *ast.File) map[string]bool {
	found := map[string]bool{}
	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.BasicLit:
			if text, ok := literal(node); ok {
				found[text] = true
			}
		case *ast.CallExpr:
			var parts []string
			for _, argument := range node.Args {
				if text, ok := literal(argument); ok {
					parts = append(parts, text)
				}
			}
			found[path.Join(parts...)] = true
		}
		return true
	})
	return found
}

func literal(node ast.Expr) (string, bool) {
	lit, ok := node.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

// packages returns every package of the module. It reads imports and comments only,
// so it needs neither a network nor the dependencies.
func packages(t *testing.T) []*build.Package {
	t.Helper()
	var found []*build.Package
	for _, dir := range goDirs(t) {
		p, err := build.ImportDir(dir, 0)
		if err != nil {
			t.Fatal(err)
		}
		p.ImportPath = path.Join(module, filepath.ToSlash(dir))
		found = append(found, p)
	}
	if len(found) < 2 {
		t.Fatal("found no packages: the test does not run at the root of the repository")
	}
	return found
}

func goDirs(t *testing.T) []string {
	t.Helper()
	var dirs []string
	for _, name := range goFiles(t) {
		dirs = append(dirs, filepath.Dir(name))
	}
	slices.Sort(dirs)
	return slices.Compact(dirs)
}

// goFiles returns the Go files of the module, relative to its root. Like the go
// command it passes over testdata, what begins with a dot or an underscore, and
// modules of their own.
func goFiles(t *testing.T) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "." && apart(name):
			return filepath.SkipDir
		case !entry.IsDir() && filepath.Ext(name) == ".go":
			names = append(names, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func apart(dir string) bool {
	base := filepath.Base(dir)
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return base == "testdata" || base == "vendor" || base[0] == '.' || base[0] == '_' || err == nil
}

// below says whether an import path is root or lies below it. Nothing is below "".
func below(importPath, root string) bool {
	return root != "" && (importPath == root || strings.HasPrefix(importPath, root+"/"))
}
