package generic

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"strata/collector/decode"
)

// errAbsent says that an answer does not speak of a symbol.
var errAbsent = errors.New("not in the answer")

// node is a value of an answer. It is opened when a path first leads through it, and
// then stays open for the paths of the other tokens.
type node struct {
	raw      json.RawMessage
	fields   map[string]*node // as an object whose keys are names of fields
	table    map[string]*node // as an object whose keys are data
	elements []*node
	found    map[string]map[string][]*node // elements by key and value of a member
}

// follow goes down a path for one symbol.
func (n *node) follow(p path, symbol string) (json.RawMessage, error) {
	at := n
	for i, s := range p.steps {
		next, err := at.step(s, symbol)
		if err != nil {
			return nil, fmt.Errorf("step %d of %s: %w", i+1, p.text, err)
		}
		at = next
	}
	return at.raw, nil
}

func (n *node) step(s step, symbol string) (*node, error) {
	switch s.kind {
	case byIndex:
		if err := n.openArray(); err != nil {
			return nil, err
		}
		if s.index >= len(n.elements) {
			return nil, fmt.Errorf("there are %d elements", len(n.elements))
		}
		return n.elements[s.index], nil
	case bySearch:
		return n.search(s.key, strings.ReplaceAll(s.value, one, symbol))
	}
	return n.member(s.key, symbol)
}

// member returns the member with a key. A key without the symbol is the name of a
// field, and one that is equal to it but for case makes the object ambiguous.
func (n *node) member(key, symbol string) (*node, error) {
	members, read, missing := &n.fields, decode.Object, errors.New("there is no such key")
	if strings.Contains(key, one) {
		members, read, missing = &n.table, decode.Table, errAbsent
	}
	if *members == nil {
		opened, err := read(n.raw)
		if err != nil {
			return nil, err
		}
		*members = make(map[string]*node, len(opened))
		for name, value := range opened {
			(*members)[name] = &node{raw: value}
		}
	}
	if child, ok := (*members)[strings.ReplaceAll(key, one, symbol)]; ok {
		return child, nil
	}
	return nil, missing
}

// search returns the only element that has a member with that value, a string or a
// number as it is written.
func (n *node) search(key, value string) (*node, error) {
	if n.found[key] == nil {
		if err := n.index(key); err != nil {
			return nil, err
		}
	}
	switch matches := n.found[key][value]; len(matches) {
	case 0:
		return nil, errAbsent
	case 1:
		return matches[0], nil
	default:
		return nil, fmt.Errorf("%d elements match", len(matches))
	}
}

// index sorts the elements by the values of a member. An element that cannot be read
// is of no token.
func (n *node) index(key string) error {
	if err := n.openArray(); err != nil {
		return err
	}
	byValue := make(map[string][]*node, len(n.elements))
	for _, element := range n.elements {
		member, err := element.member(key, "")
		if err != nil {
			continue
		}
		value, err := decode.Text(member.raw)
		if err != nil {
			value = string(member.raw)
		}
		byValue[value] = append(byValue[value], element)
	}
	if n.found == nil {
		n.found = make(map[string]map[string][]*node)
	}
	n.found[key] = byValue
	return nil
}

func (n *node) openArray() error {
	if n.elements != nil {
		return nil
	}
	values, err := decode.Array(n.raw)
	if err != nil {
		return err
	}
	n.elements = make([]*node, len(values))
	for i, value := range values {
		n.elements[i] = &node{raw: value}
	}
	return nil
}
