package main

import (
	"fmt"
	"slices"

	celgo "github.com/google/cel-go/cel"
	celast "github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/parser"
)

// renameParams replaces the variable `params` in expressions by another expression, and leaves every other character as
// it is. Variables of comprehensions with that name, and texts that contain it, are not touched.
func renameParams(asked request) answer {
	said := answer{Errors: []problem{}, Results: []result{}, Expressions: []string{}}
	env, err := celgo.NewEnv(celgo.OptionalTypes(), celgo.Macros(parser.AllMacros...))
	if err != nil {
		said.Errors = append(said.Errors, problem{Line: 1, Column: 1, Message: err.Error()})
		return said
	}
	for index, text := range asked.Expressions {
		parsed, issues := env.Parse(text)
		if issues.Err() != nil {
			for _, each := range issues.Errors() {
				said.Errors = append(said.Errors, problem{
					Pointer: fmt.Sprintf("/%d", index), Line: each.Location.Line(), Column: each.Location.Column() + 1, Message: each.Message,
				})
			}
			continue
		}
		said.Expressions = append(said.Expressions, replaceAt(text, placesOfParams(parsed.NativeRep()), asked.Replacement))
	}
	return said
}

const paramsName = "params"

// placesOfParams are the offsets, in code points, at which an expression reads the variable `params`.
func placesOfParams(parsed *celast.AST) []int {
	places := []int{}
	var visit func(expr celast.Expr)
	visit = func(expr celast.Expr) {
		if expr.Kind() == celast.IdentKind && expr.AsIdent() == paramsName {
			if offset, found := parsed.SourceInfo().GetOffsetRange(expr.ID()); found {
				places = append(places, int(offset.Start))
			}
		}
		for _, part := range partsOf(expr) {
			visit(part)
		}
	}
	visit(parsed.Expr())
	slices.Sort(places)
	return slices.Compact(places)
}

// partsOf are the expressions within an expression in which `params` means what it means outside.
func partsOf(expr celast.Expr) []celast.Expr {
	switch expr.Kind() {
	case celast.CallKind:
		call := expr.AsCall()
		if call.IsMemberFunction() {
			return append([]celast.Expr{call.Target()}, call.Args()...)
		}
		return call.Args()
	case celast.ComprehensionKind:
		each := expr.AsComprehension()
		if each.IterVar() == paramsName || each.IterVar2() == paramsName {
			return []celast.Expr{each.IterRange(), each.AccuInit()}
		}
		return []celast.Expr{each.IterRange(), each.AccuInit(), each.LoopCondition(), each.LoopStep(), each.Result()}
	case celast.ListKind:
		return expr.AsList().Elements()
	case celast.MapKind:
		parts := []celast.Expr{}
		for _, entry := range expr.AsMap().Entries() {
			parts = append(parts, entry.AsMapEntry().Key(), entry.AsMapEntry().Value())
		}
		return parts
	case celast.SelectKind:
		return []celast.Expr{expr.AsSelect().Operand()}
	case celast.StructKind:
		parts := []celast.Expr{}
		for _, field := range expr.AsStruct().Fields() {
			parts = append(parts, field.AsStructField().Value())
		}
		return parts
	default:
		return nil
	}
}

func replaceAt(text string, places []int, replacement string) string {
	runes, done := []rune(text), 0
	said := []rune{}
	for _, place := range places {
		// An expansion of a macro can be placed where the name itself is not written.
		if place < done || place+len(paramsName) > len(runes) || string(runes[place:place+len(paramsName)]) != paramsName {
			continue
		}
		said = append(append(said, runes[done:place]...), []rune(replacement)...)
		done = place + len(paramsName)
	}
	return string(append(said, runes[done:]...))
}
