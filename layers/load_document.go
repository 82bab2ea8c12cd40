package layers

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"

	"go.yaml.in/yaml/v4"
)

// document is one file, read.
type document struct {
	name    string
	version string
	layers  []Layer
	tokens  []*Token
	remove  []lineText
	where   map[string]Place
	broken  map[string]bool // rows that could not be read wholly: "token bittensor"
	faults  Faults
}

func (d *document) fault(line int, format string, args ...any) {
	d.faults = append(d.faults, Fault{File: d.name, Line: line, Text: fmt.Sprintf(format, args...)})
}

// readDocument reads what can be read and notes what cannot.
func readDocument(name string, text []byte) *document {
	d := &document{name: name, where: make(map[string]Place), broken: make(map[string]bool)}
	var root yaml.Node
	if err := yaml.Load(text, &root); err != nil {
		d.yamlFaults("", 0, err)
		return d
	}
	var file fileRow
	d.readRow("", root.Content[0], &file)
	d.version, d.remove = file.Version, file.Remove
	for _, node := range file.Layers {
		d.readLayer(&node)
	}
	for _, node := range file.Tokens {
		d.readToken(&node)
	}
	return d
}

// readRow reads a mapping into a row, strictly. Its faults begin with the owner:
// "token bittensor: ".
func (d *document) readRow(owner string, node *yaml.Node, row any) {
	if node.Kind != yaml.MappingNode {
		d.fault(node.Line, "%sexpected a mapping of keys and values", owner)
		return
	}
	before := len(d.faults)
	d.checkKeys(node, reflect.TypeOf(row).Elem())
	for i := before; i < len(d.faults); i++ {
		d.faults[i].Text = owner + d.faults[i].Text
	}
	if err := node.Load(row); err != nil {
		d.yamlFaults(owner, node.Line, err)
	}
}

// yamlFaults notes what the YAML library says, each with its own line.
func (d *document) yamlFaults(owner string, line int, err error) {
	if many, ok := errors.AsType[*yaml.LoadErrors](err); ok {
		for _, one := range many.Errors {
			d.fault(cmp.Or(one.Mark.Line, line), "%s%s", owner, one.Message)
		}
		return
	}
	if one, ok := errors.AsType[*yaml.LoadError](err); ok {
		d.fault(cmp.Or(one.Mark.Line, line), "%s%s", owner, one.Message)
		return
	}
	d.fault(line, "%s%s", owner, err)
}

// slugOf reads the slug of a row that may be broken elsewhere.
func slugOf(node *yaml.Node) string {
	for i := 0; node.Kind == yaml.MappingNode && i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == "slug" {
			return node.Content[i+1].Value
		}
	}
	return ""
}

// own finds the slug of a row and notes where it stands; it says whether the row is
// the first of its slug.
func (d *document) own(kind string, node *yaml.Node) (slug string, ok bool) {
	slug = slugOf(node)
	if slug == "" {
		d.fault(node.Line, "a %s without a slug; write slug: some-name", kind)
		return "", false
	}
	owner := kind + " " + slug
	if first, taken := d.where[owner]; taken {
		d.fault(node.Line, "%s: duplicate slug, first in line %d; a slug names one row", owner, first.Line)
		return "", false
	}
	d.where[owner] = Place{d.name, node.Line}
	return slug, true
}

// holds says whether the file has a row of that slug.
func (d *document) holds(kind, slug string) bool {
	_, ok := d.where[kind+" "+slug]
	return ok
}

func (d *document) readLayer(node *yaml.Node) {
	slug, ok := d.own("layer", node)
	if !ok {
		return
	}
	before := len(d.faults)
	var row layerRow
	d.readRow("layer "+slug+": ", node, &row)
	layer := Layer{Slug: slug, Order: row.Order, Name: Name(row.Name)}
	for _, s := range row.Subcategories {
		layer.Subcategories = append(layer.Subcategories, Subcategory{Slug: s.Slug, Name: Name(s.Name)})
	}
	d.layers = append(d.layers, layer)
	d.broken["layer "+slug] = len(d.faults) > before
}

func (d *document) readToken(node *yaml.Node) {
	slug, ok := d.own("token", node)
	if !ok {
		return
	}
	before := len(d.faults)
	var row tokenRow
	d.readRow("token "+slug+": ", node, &row)
	row.Slug = slug
	d.tokens = append(d.tokens, d.token(row))
	d.broken["token "+slug] = len(d.faults) > before
}
