package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/format"
)

// module is one text of a policy in Rego: its rule, or one of its libraries.
type module struct {
	// JSON pointer of the text in the request.
	pointer string
	file    string
	text    string
	// As it was written, with the lines of the text.
	written *ast.Module
	// In Rego v1; the same as `written` unless that is v0.
	v1 *ast.Module
}

func (m *module) isV0() bool { return m.v1 != m.written }

// What the parser of v1 says of texts in v0.
var keywordMissing = regexp.MustCompile("`(if|contains)` keyword is required|cannot be used for rule name|unexpected \\{ token")

// parseAll parses the rule and its libraries as Rego v1, or as v0 where that fails.
func parseAll(asked request) ([]*module, []problem) {
	texts := []*module{{pointer: "/source", file: fileName, text: asked.Source}}
	for index, lib := range asked.Libs {
		texts = append(texts, &module{pointer: fmt.Sprintf("/libs/%d", index), file: fmt.Sprintf("lib-%d.rego", index), text: lib})
	}
	problems := []problem{}
	for _, each := range texts {
		problems = append(problems, each.parse()...)
	}
	return texts, problems
}

func (m *module) parse() []problem {
	parsed, err := parseRego(m.file, m.text, ast.RegoV1)
	if err == nil && parsed == nil {
		return []problem{at(m.pointer, nil, "The text is empty.")}
	}
	if err == nil {
		m.written, m.v1 = parsed, parsed
		return nil
	}
	parsed, errV0 := parseRego(m.file, m.text, ast.RegoV0)
	if errV0 == nil && parsed != nil {
		m.written = parsed
		return nil
	}
	problems := problemsOfRego(m.pointer, err)
	if len(problems) > 0 && keywordMissing.MatchString(problems[0].Message) {
		if inV0 := problemsOfRego(m.pointer, errV0); len(inV0) > 0 && inV0[0].Line >= problems[0].Line {
			// The text is v0, with an error of its own.
			problems = inV0
			for index := range problems {
				problems[index].Message += " (read as Rego v0)"
			}
		}
	}
	return problems
}

func parseRego(file, text string, version ast.RegoVersion) (*ast.Module, error) {
	return ast.ParseModuleWithOpts(file, text, ast.ParserOptions{RegoVersion: version, Capabilities: capabilities()})
}

// inV1 converts the modules that are written in v0; it returns nil if there are none.
func inV1(parsed []*module) (*modules, []problem) {
	converted, isConverted := &modules{Libs: []string{}}, false
	for index, each := range parsed {
		text := each.text
		if each.v1 == nil {
			var problems []problem
			if text, problems = each.convert(); len(problems) > 0 {
				return nil, problems
			}
			isConverted = true
		}
		if index == 0 {
			converted.Source = text
		} else {
			converted.Libs = append(converted.Libs, text)
		}
	}
	if !isConverted {
		return nil, nil
	}
	return converted, nil
}

// convert rewrites a module as `opa fmt --v0-v1` does, after replacing the built-ins that v1 no longer has.
func (m *module) convert() (string, []problem) {
	modern := m.written.Copy()
	helpers := replaceDeprecated(modern)
	formatted, err := format.AstWithOpts(modern, format.Opts{RegoVersion: ast.RegoV1, DropRedundantDirectiveImports: true})
	if err != nil {
		return "", []problem{at(m.pointer, nil, "The text is Rego v0 and cannot be converted to v1: "+err.Error())}
	}
	text := string(formatted) + helpers
	if m.v1, err = parseRego(m.file, text, ast.RegoV1); err != nil {
		return "", m.problemsOf(err)
	}
	return text, nil
}

// problemsOf are the errors that are about this module, at its place in the text that was sent.
func (m *module) problemsOf(err error) []problem {
	errs, _ := err.(ast.Errors)
	problems := []problem{}
	for _, each := range errs {
		if each.Location == nil || each.Location.File != m.file {
			continue
		}
		if m.isV0() {
			text := string(each.Location.Text)
			line, _, _ := strings.Cut(text, "\n")
			message := fmt.Sprintf("The text is Rego v0. Converted to v1 it does not compile: %s (in: %s)", each.Message, line)
			problems = append(problems, at(m.pointer, m.placeOf(text), message))
		} else {
			problems = append(problems, at(m.pointer, each.Location, each.Message))
		}
	}
	return problems
}

// placeOf finds an expression of the converted text in the text that was sent; the package if it is not there.
func (m *module) placeOf(text string) *ast.Location {
	place := m.written.Package.Loc()
	found := false
	ast.WalkExprs(m.written, func(expr *ast.Expr) bool {
		if !found && expr.Location != nil && string(expr.Location.Text) == text {
			place, found = expr.Location, true
		}
		return false
	})
	ast.WalkTerms(m.written, func(term *ast.Term) bool {
		if !found && term.Location != nil && string(term.Location.Text) == text {
			place, found = term.Location, true
		}
		return false
	})
	return place
}
