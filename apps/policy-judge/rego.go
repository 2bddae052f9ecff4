package main

import (
	"context"
	"errors"
	"fmt"
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
	module, problems := compileRego(asked.Source)
	if len(problems) > 0 {
		said.Errors = problems
		return said
	}
	query, err := rego.New(
		rego.Query(module.Package.Path.String()+".violation"),
		rego.ParsedModule(module),
		rego.Capabilities(capabilities()),
		rego.StrictBuiltinErrors(true),
	).PrepareForEval(ctx)
	if err != nil {
		said.Errors = problemsOfRego(err)
		return said
	}
	for _, each := range asked.Reviews {
		said.Results = append(said.Results, tryRego(ctx, query, asked, each))
	}
	return said
}

func compileRego(source string) (*ast.Module, []problem) {
	module, err := ast.ParseModuleWithOpts(fileName, source, ast.ParserOptions{RegoVersion: ast.RegoV1, Capabilities: capabilities()})
	if err != nil {
		return nil, problemsOfRego(err)
	}
	if module == nil {
		return nil, []problem{at(nil, "The policy is empty.")}
	}
	if problems := misfits(module); len(problems) > 0 {
		return nil, problems
	}
	compiler := ast.NewCompiler().WithCapabilities(capabilities()).WithStrict(true)
	compiler.Compile(map[string]*ast.Module{fileName: module.Copy()})
	if compiler.Failed() {
		return nil, problemsOfRego(compiler.Errors)
	}
	return module, nil
}

// misfits are what Gatekeeper refuses although OPA compiles it.
func misfits(module *ast.Module) []problem {
	problems := []problem{}
	hasViolation := false
	for _, rule := range module.Rules {
		if rule.Head.Name.String() == "violation" || strings.HasPrefix(rule.Head.Ref().String(), "violation") {
			hasViolation = true
		}
	}
	if !hasViolation {
		problems = append(problems, at(module.Package.Loc(), `There is no rule "violation": violation contains {"msg": "…"} if { … }`))
	}
	ast.WalkRefs(module, func(ref ast.Ref) bool {
		if ref.HasPrefix(ast.DefaultRootRef) && !ref.HasPrefix(module.Package.Path) && len(ref) > 1 {
			problems = append(problems, at(ref[0].Location, fmt.Sprintf("%s is not known here: a policy sees input.review and input.parameters.", ref)))
		}
		return false
	})
	return problems
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

func problemsOfRego(err error) []problem {
	var many ast.Errors
	if !errors.As(err, &many) {
		var one *ast.Error
		if !errors.As(err, &one) {
			return []problem{at(nil, err.Error())}
		}
		many = ast.Errors{one}
	}
	problems := []problem{}
	for _, each := range many {
		problems = append(problems, at(each.Location, each.Message))
	}
	return problems
}

func at(location *ast.Location, message string) problem {
	if location == nil {
		return problem{Pointer: "", Line: 1, Column: 1, Message: message}
	}
	return problem{Pointer: "", Line: location.Row, Column: location.Col, Message: message}
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
