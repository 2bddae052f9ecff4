package main

import (
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// replacements are the built-ins of v0 that v1 has under another name, with the same arguments.
var replacements = map[string]ast.Ref{
	"re_match":         ast.MustParseRef("regex.match"),
	"net.cidr_overlap": ast.MustParseRef("net.cidr_contains"),
	"set_diff":         ast.Minus.Ref(),
}

// helpers are functions that do what a built-in of v0 did that v1 does not have.
var helpers = map[string]struct{ name, source string }{
	"any": {"any_is_true", `
any_is_true(values) if {
	some value in values
	value == true
} else := false
`},
	"all": {"all_are_true", `
all_are_true(values) := false if {
	some value in values
	value != true
} else := true
`},
}

// replaceDeprecated replaces calls of built-ins that Rego v1 no longer has (OPA, "Deprecated built-in functions") and
// returns the functions to append. A module that defines a function of that name calls its own.
func replaceDeprecated(module *ast.Module) string {
	own := map[string]bool{}
	for _, rule := range module.Rules {
		own[rule.Head.Name.String()] = true
	}
	needed := map[string]bool{}
	replace := func(operator *ast.Term) {
		ref, isRef := operator.Value.(ast.Ref)
		if !isRef || own[ref.String()] {
			return
		}
		if replacement, found := replacements[ref.String()]; found {
			operator.Value = replacement
		} else if helper, found := helpers[ref.String()]; found {
			needed[ref.String()] = true
			operator.Value = ast.Ref{ast.VarTerm(helper.name)}
		}
	}
	ast.WalkExprs(module, func(expr *ast.Expr) bool {
		if expr.IsCall() {
			replace(expr.Terms.([]*ast.Term)[0])
		}
		return false
	})
	ast.WalkTerms(module, func(term *ast.Term) bool {
		if call, isCall := term.Value.(ast.Call); isCall && len(call) > 0 {
			replace(call[0])
		}
		return false
	})
	var appended strings.Builder
	for _, name := range []string{"any", "all"} {
		if needed[name] {
			appended.WriteString(helpers[name].source)
		}
	}
	return appended.String()
}
