package main

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	celgo "github.com/google/cel-go/cel"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/cel"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/authentication/user"
	apiservercel "k8s.io/apiserver/pkg/cel"
	"k8s.io/apiserver/pkg/cel/environment"
)

// message is an expression of the text of a violation.
type message struct{ expression string }

func (m message) GetExpression() string      { return m.expression }
func (m message) ReturnTypes() []*celgo.Type { return []*celgo.Type{celgo.StringType} }

// condition is an expression that has to be true.
type condition struct{ expression string }

func (c condition) GetExpression() string      { return c.expression }
func (c condition) ReturnTypes() []*celgo.Type { return []*celgo.Type{celgo.BoolType} }

type namedExpression struct{ variable }

func (n namedExpression) GetExpression() string { return n.Expression }
func (n namedExpression) GetName() string       { return n.Name }
func (n namedExpression) ReturnTypes() []*celgo.Type {
	return []*celgo.Type{celgo.AnyType, celgo.DynType}
}

// "<input>:1:8: Syntax error: …", of which a message of the compiler has one or more.
var position = regexp.MustCompile(`<input>:(\d+):(\d+): ([^\n]*)`)

// judgeCEL does what a ValidatingAdmissionPolicy with this rule would do (KEP-3488).
func judgeCEL(ctx context.Context, asked request) answer {
	said := answer{Errors: []problem{}, Results: []result{}}
	compiler, err := cel.NewCompositedCompiler(environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion()))
	if err != nil {
		said.Errors = append(said.Errors, problem{Message: err.Error()})
		return said
	}
	none := cel.OptionalVariableDeclarations{}
	for index, each := range asked.Variables {
		// Only the first variable reads the object that carries the parameters; the rule reads that variable.
		options := cel.OptionalVariableDeclarations{HasParams: index == 0}
		compiled := compiler.CompileAndStoreVariable(namedExpression{each}, options, environment.NewExpressions)
		said.Errors = append(said.Errors, problemsOf(fmt.Sprintf("/variables/%d/expression", index), compiled.Error)...)
	}
	conditions, messages := []cel.ExpressionAccessor{}, []cel.ExpressionAccessor{}
	for index, each := range asked.Validations {
		accessor := condition{each.Expression}
		compiled := compiler.Compiler.CompileCELExpression(accessor, none, environment.NewExpressions)
		said.Errors = append(said.Errors, problemsOf(fmt.Sprintf("/validations/%d/expression", index), compiled.Error)...)
		conditions = append(conditions, accessor)
		text := message{each.MessageExpression}
		if each.MessageExpression == "" {
			text = message{`""`}
		}
		compiled = compiler.Compiler.CompileCELExpression(text, none, environment.NewExpressions)
		said.Errors = append(said.Errors, problemsOf(fmt.Sprintf("/validations/%d/messageExpression", index), compiled.Error)...)
		messages = append(messages, text)
	}
	if len(said.Errors) > 0 {
		return said
	}
	// As the API server, which evaluates what is stored.
	rule := celRule{
		conditions: compiler.CompileCondition(conditions, none, environment.StoredExpressions),
		messages:   compiler.CompileCondition(messages, none, environment.StoredExpressions),
	}
	for _, each := range asked.Reviews {
		said.Results = append(said.Results, tryCEL(ctx, rule, asked, each))
	}
	return said
}

// celRule is a compiled rule: a condition and the expression of its message for each validation.
type celRule struct{ conditions, messages cel.ConditionEvaluator }

func problemsOf(pointer string, err *apiservercel.Error) []problem {
	if err == nil {
		return nil
	}
	matches := position.FindAllStringSubmatch(err.Detail, -1)
	if matches == nil {
		return []problem{{Pointer: pointer, Line: 1, Column: 1, Message: err.Detail}}
	}
	problems := []problem{}
	for _, match := range matches {
		line, _ := strconv.Atoi(match[1])
		column, _ := strconv.Atoi(match[2])
		problems = append(problems, problem{Pointer: pointer, Line: line, Column: column, Message: withRemedy(match[3])})
	}
	return problems
}

// withRemedy adds what to write instead of a name that published policies use and this rule does not have.
func withRemedy(message string) string {
	if strings.Contains(message, "undeclared reference to 'params'") {
		return message + ": parameters are in variables.parameters"
	}
	return message
}

func tryCEL(ctx context.Context, rule celRule, asked request, each review) result {
	attributes, namespace, err := attributesOf(each)
	if err != nil {
		return failed(err)
	}
	asAdmitted := cel.CreateAdmissionRequest(
		attributes, metav1.GroupVersionResource(attributes.GetResource()), metav1.GroupVersionKind(attributes.GetKind()))
	// Parameters are carried as in the cluster: annotations of an object.
	params := &unstructured.Unstructured{Object: map[string]any{"metadata": map[string]any{"annotations": asked.Parameters}}}
	inputs := cel.OptionalVariableBindings{VersionedParams: params}
	versioned := &admission.VersionedAttributes{
		Attributes: attributes, VersionedKind: attributes.GetKind(),
		VersionedObject: attributes.GetObject(), VersionedOldObject: attributes.GetOldObject(),
	}
	evaluated, left, err := rule.conditions.ForInput(ctx, versioned, asAdmitted, inputs, namespace, celconfig.RuntimeCELCostBudget)
	if err != nil {
		return failed(err)
	}
	messages, _, err := rule.messages.ForInput(ctx, versioned, asAdmitted, inputs, namespace, left)
	if err != nil {
		messages = make([]cel.EvaluationResult, len(evaluated))
	}
	said := result{Violations: []string{}}
	for index, outcome := range evaluated {
		if outcome.Error != nil {
			// As in the cluster: what cannot be evaluated is refused.
			said.Violations = append(said.Violations, outcome.Error.Error())
		} else if outcome.EvalResult.Value() != true {
			said.Violations = append(said.Violations, messageOf(asked.Validations[index], messages[index]))
		}
	}
	return said
}

// messageOf is the evaluated message, or the fixed one where the API server takes that instead.
func messageOf(each validation, evaluated cel.EvaluationResult) string {
	if evaluated.Error != nil || evaluated.EvalResult == nil {
		return each.Message
	}
	text, _ := evaluated.EvalResult.Value().(string)
	text = strings.TrimSpace(text)
	if text == "" || len(text) > celconfig.MaxEvaluatedMessageExpressionSizeBytes || strings.ContainsAny(text, "\n\r") {
		return each.Message
	}
	return text
}

// attributesOf is the write as admission sees it.
func attributesOf(each review) (admission.Attributes, *corev1.Namespace, error) {
	object, old := objectOf(each.Object), objectOf(each.OldObject)
	known := &unstructured.Unstructured{Object: each.Object}
	if each.Object == nil {
		known = &unstructured.Unstructured{Object: each.OldObject}
	}
	if known.Object == nil {
		return nil, nil, fmt.Errorf("there is neither an object nor an old one")
	}
	namespace := &corev1.Namespace{}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(each.NamespaceObject, namespace); err != nil {
		return nil, nil, fmt.Errorf("the namespace is none: %w", err)
	}
	kind := known.GroupVersionKind()
	name, subresource, _ := strings.Cut(each.Resource, "/")
	resource := schema.GroupVersionResource{Group: kind.Group, Version: kind.Version, Resource: name}
	return admission.NewAttributesRecord(object, old, kind, known.GetNamespace(), known.GetName(), resource, subresource,
		admission.Operation(each.Operation), nil, false, &user.DefaultInfo{Name: "somebody"}), namespace, nil
}

func objectOf(fields map[string]any) runtime.Object {
	if fields == nil {
		return nil
	}
	return &unstructured.Unstructured{Object: fields}
}
