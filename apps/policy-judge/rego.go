package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
)

// What a rule about objects has no business with: the network, the process it runs in, and chance.
var withheld = []string{"http.", "net.lookup_ip_addr", "opa.runtime", "rand.", "rego.", "trace", "uuid.", "providers."}

const fileName = "policy.rego"

// judgeRego does what a Gatekeeper ConstraintTemplate with this rule would do.
func judgeRego(ctx context.Context, asked request) answer {
	said := answer{Errors: []problem{}, Results: []result{}}
	parsed, problems := parseAll(asked)
	if len(problems) == 0 {
		said.Converted, problems = inV1(parsed)
	}
	var compiler *ast.Compiler
	if len(problems) == 0 {
		compiler, problems = compileRego(parsed)
	}
	if len(problems) > 0 {
		said.Errors, said.Converted = problems, nil
		return said
	}
	query, err := rego.New(
		rego.Query(parsed[0].v1.Package.Path.String()+".violation"),
		rego.Compiler(compiler),
		rego.Capabilities(capabilities()),
	).PrepareForEval(ctx)
	if err != nil {
		said.Errors = problemsOfRego("", err)
		return said
	}
	for _, each := range asked.Reviews {
		said.Results = append(said.Results, tryRego(ctx, query, asked, each))
	}
	return said
}

// compileRego compiles the modules as Gatekeeper does, which is not strict about what is not used.
func compileRego(parsed []*module) (*ast.Compiler, []problem) {
	if problems := misfits(parsed); len(problems) > 0 {
		return nil, problems
	}
	modules := map[string]*ast.Module{}
	for _, each := range parsed {
		modules[each.file] = each.v1
	}
	compiler := ast.NewCompiler().WithCapabilities(capabilities())
	compiler.Compile(modules)
	if !compiler.Failed() {
		return compiler, nil
	}
	problems := []problem{}
	for _, each := range parsed {
		problems = append(problems, each.problemsOf(compiler.Errors)...)
	}
	if len(problems) == 0 {
		problems = problemsOfRego("", compiler.Errors)
	}
	return nil, problems
}

// misfits are what Gatekeeper refuses, or never asks, although OPA compiles it.
func misfits(parsed []*module) []problem {
	problems := noViolation(parsed[0])
	for index, each := range parsed {
		if index > 0 && !each.v1.Package.Path.HasPrefix(libraries) {
			problems = append(problems, at(each.pointer, each.written.Package.Loc(), `The package of a library must begin with "lib".`))
		}
		ast.WalkRefs(each.written, func(ref ast.Ref) bool {
			if ref.HasPrefix(ast.DefaultRootRef) && len(ref) > 1 && !isKnown(ref, parsed) {
				message := fmt.Sprintf("%s is not known here: a policy sees input.review, input.parameters and its libraries.", ref)
				problems = append(problems, at(each.pointer, ref[0].Location, message))
			}
			return false
		})
	}
	return problems
}

// libraries is where Gatekeeper expects the packages of libraries.
var libraries = ast.MustParseRef("data.lib")

// isKnown reports whether a reference names a package of these modules, something in it, or a parent of it.
func isKnown(ref ast.Ref, parsed []*module) bool {
	for _, each := range parsed {
		path := each.v1.Package.Path
		if ref.HasPrefix(path) || path.HasPrefix(ref) {
			return true
		}
	}
	return false
}

// noViolation is the problem of a policy without a set `violation`, which is all that Gatekeeper asks for.
func noViolation(policy *module) []problem {
	names := []string{}
	for _, rule := range policy.v1.Rules {
		name := rule.Head.Ref().String()
		if name == "violation" && rule.Head.RuleKind() == ast.MultiValue {
			return nil
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	found := "it has no rules"
	if len(names) > 0 {
		found = "its rules are: " + strings.Join(names, ", ")
	}
	if slices.Contains(names, "violation") {
		found = `its rule "violation" is no set`
	}
	message := fmt.Sprintf(`The policy has no set "violation"; %s. Write: violation contains {"msg": "…"} if { … }`, found)
	return []problem{at(policy.pointer, policy.written.Package.Loc(), message)}
}

func capabilities() *ast.Capabilities {
	known := ast.CapabilitiesForThisVersion()
	builtins := []*ast.Builtin{}
	for _, each := range known.Builtins {
		if !isWithheld(each.Name) {
			builtins = append(builtins, each)
		}
	}
	known.Builtins = builtins
	known.AllowNet = []string{}
	return known
}

func isWithheld(name string) bool {
	for _, prefix := range withheld {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

func problemsOfRego(pointer string, err error) []problem {
	var many ast.Errors
	if !errors.As(err, &many) {
		var one *ast.Error
		if !errors.As(err, &one) {
			return []problem{at(pointer, nil, err.Error())}
		}
		many = ast.Errors{one}
	}
	problems := []problem{}
	for _, each := range many {
		problems = append(problems, at(pointer, each.Location, each.Message))
	}
	return problems
}

func at(pointer string, location *ast.Location, message string) problem {
	if location == nil {
		return problem{Pointer: pointer, Line: 1, Column: 1, Message: message}
	}
	return problem{Pointer: pointer, Line: location.Row, Column: location.Col, Message: message}
}

func tryRego(ctx context.Context, query rego.PreparedEvalQuery, asked request, each review) result {
	attributes, _, err := attributesOf(each)
	if err != nil {
		return failed(err)
	}
	kind := attributes.GetKind()
	input := map[string]any{
		"review": map[string]any{
			"kind":      map[string]any{"group": kind.Group, "version": kind.Version, "kind": kind.Kind},
			"name":      attributes.GetName(),
			"namespace": attributes.GetNamespace(),
			"operation": each.Operation,
			"object":    each.Object,
			"oldObject": each.OldObject,
			"userInfo":  map[string]any{"username": "somebody"},
		},
		"parameters": asked.Parameters,
	}
	evaluated, err := query.Eval(ctx, rego.EvalInput(input))
	if err != nil {
		return failed(err)
	}
	said := result{Violations: []string{}}
	for _, outcome := range evaluated {
		for _, expression := range outcome.Expressions {
			said.Violations = append(said.Violations, messagesOf(expression.Value)...)
		}
	}
	sort.Strings(said.Violations)
	return said
}

func messagesOf(value any) []string {
	messages := []string{}
	items, _ := value.([]any)
	for _, item := range items {
		fields, _ := item.(map[string]any)
		message, isText := fields["msg"].(string)
		if !isText {
			message = "A violation without a msg."
		}
		messages = append(messages, message)
	}
	return messages
}
