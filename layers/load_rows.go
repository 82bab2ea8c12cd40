package layers

import "go.yaml.in/yaml/v4"

// The rows of a catalogue file, as they are written.
type (
	fileRow struct {
		Version string      `yaml:"version"`
		Layers  []yaml.Node `yaml:"layers"`
		Tokens  []yaml.Node `yaml:"tokens"`
		Remove  []lineText  `yaml:"remove"`
	}
	layerRow struct {
		Slug          string           `yaml:"slug"`
		Order         int              `yaml:"order"`
		Name          nameRow          `yaml:"name"`
		Subcategories []subcategoryRow `yaml:"subcategories"`
	}
	subcategoryRow struct {
		Slug string  `yaml:"slug"`
		Name nameRow `yaml:"name"`
	}
	nameRow  Name
	tokenRow struct {
		Slug        string          `yaml:"slug"`
		Name        string          `yaml:"name"`
		Tokenless   bool            `yaml:"tokenless"`
		Delisted    lineText        `yaml:"delisted"`
		Migration   *migrationRow   `yaml:"migration"`
		Benchmark   bool            `yaml:"benchmark"`
		Pegged      bool            `yaml:"pegged"`
		Symbols     []symbolRow     `yaml:"symbols"`
		Memberships []membershipRow `yaml:"memberships"`
		Listings    []listingRow    `yaml:"listings"`
		Events      []eventRow      `yaml:"events"`
		Notes       string          `yaml:"notes"`
	}
	migrationRow struct {
		To    string   `yaml:"to"`
		Ratio float64  `yaml:"ratio"`
		Since lineText `yaml:"since"`
	}
	symbolRow struct {
		Symbol  string `yaml:"symbol"`
		spanRow `yaml:",inline"`
	}
	membershipRow struct {
		Layer       string  `yaml:"layer"`
		Subcategory string  `yaml:"subcategory"`
		Role        Role    `yaml:"role"`
		Weight      float64 `yaml:"weight"`
		spanRow     `yaml:",inline"`
	}
	listingRow struct {
		Source  string   `yaml:"source"`
		Symbol  lineText `yaml:"symbol"`
		spanRow `yaml:",inline"`
	}
	eventRow struct {
		Date   lineText `yaml:"date"`
		Type   string   `yaml:"type"`
		Detail string   `yaml:"detail"`
	}
	spanRow struct {
		From lineText `yaml:"from"`
		To   lineText `yaml:"to"`
	}
)

// lineText is a scalar as it is written, and its line; the zero value is an absent
// one.
type lineText struct {
	text string
	line int
}

// UnmarshalYAML implements [yaml.Unmarshaler].
func (t *lineText) UnmarshalYAML(node *yaml.Node) error {
	switch {
	case node.Kind != yaml.ScalarNode:
		*t = lineText{text: "a list or mapping", line: node.Line}
	case node.Tag != "!!null":
		*t = lineText{text: node.Value, line: node.Line}
	}
	return nil
}
