package layers

import (
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v4"
)

// checkKeys reports every key of a mapping that the Go type it is read into does
// not know, at any depth. The YAML library would name our types instead of the keys.
func (d *document) checkKeys(node *yaml.Node, row reflect.Type) {
	switch {
	case node.Kind == yaml.SequenceNode && row.Kind() == reflect.Slice:
		for _, item := range node.Content {
			d.checkKeys(item, row.Elem())
		}
	case node.Kind == yaml.MappingNode && row.Kind() == reflect.Pointer:
		d.checkKeys(node, row.Elem())
	case node.Kind == yaml.MappingNode && row.Kind() == reflect.Struct && row != reflect.TypeFor[yaml.Node]():
		known := knownKeys(row)
		for i := 0; i+1 < len(node.Content); i += 2 {
			key, value := node.Content[i], node.Content[i+1]
			if field, ok := known[key.Value]; ok {
				d.checkKeys(value, field)
			} else {
				d.fault(key.Line, "unknown key %q%s", key.Value, suggestKey(key.Value, row))
			}
		}
	}
}

// knownKeys returns the keys of a row and the types they are read into.
func knownKeys(row reflect.Type) map[string]reflect.Type {
	known := make(map[string]reflect.Type)
	for _, field := range reflect.VisibleFields(row) {
		if key := field.Tag.Get("yaml"); key != "" && !field.Anonymous {
			known[key] = field.Type
		}
	}
	return known
}

// suggestKey names the key that was probably meant, or all there are.
func suggestKey(key string, row reflect.Type) string {
	var keys []string
	for _, field := range reflect.VisibleFields(row) {
		if known := field.Tag.Get("yaml"); known != "" && !field.Anonymous {
			keys = append(keys, known)
		}
	}
	return suggest(key, keys)
}

// suggest ends a sentence about an unknown word: with the known one that differs by
// at most two letters, or else with all of them.
func suggest(word string, known []string) string {
	for _, candidate := range known {
		if distance(word, candidate) <= 2 {
			return fmt.Sprintf("; did you mean %q?", candidate)
		}
	}
	return "; known are " + strings.Join(known, ", ")
}

// distance is Levenshtein's: how many letters to insert, delete or replace.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(row[j]+1, row[j+1]+1, cost)
		}
	}
	return row[len(b)]
}
