package main

import (
	"context"
	"fmt"
	"regexp"
	"strconv"

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
	options := cel.OptionalVariableDeclarations{HasParams: true}
	for index, each := range asked.Variables {
		compiled := compiler.CompileAndStoreVariable(namedExpression{each}, options, environment.StoredExpressions)
		said.Errors = append(said.Errors, problemsOf(fmt.Sprintf("/variables/%d/expression", index), compiled.Error)...)
	}
	conditions := []cel.ExpressionAccessor{}
	for index, each := range asked.Validations {
		compiled := compiler.Compiler.CompileCELExpression(condition{each.Expression}, options, environment.StoredExpressions)
		said.Errors = append(said.Errors, problemsOf(fmt.Sprintf("/validations/%d/expression", index), compiled.Error)...)
		conditions = append(conditions, condition{each.Expression})
	}
	if len(said.Errors) > 0 {
		return said
	}
	evaluator := compiler.CompileCondition(conditions, options, environment.StoredExpressions)
	for _, each := range asked.Reviews {
		said.Results = append(said.Results, tryCEL(ctx, evaluator, asked, each))
	}
	return said
}

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
		problems = append(problems, problem{Pointer: pointer, Line: line, Column: column, Message: match[3]})
	}
	return problems
}

func tryCEL(ctx context.Context, evaluator cel.ConditionEvaluator, asked request, each review) result {
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
	evaluated, _, err := evaluator.ForInput(ctx, versioned, asAdmitted, inputs, namespace, celconfig.RuntimeCELCostBudget)
	if err != nil {
		return failed(err)
	}
	said := result{Violations: []string{}}
	for index, outcome := range evaluated {
		if outcome.Error != nil {
			// As in the cluster: what cannot be evaluated is refused.
			said.Violations = append(said.Violations, outcome.Error.Error())
		} else if outcome.EvalResult.Value() != true {
			said.Violations = append(said.Violations, asked.Validations[index].Message)
		}
	}
	return said
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
	resource := schema.GroupVersionResource{Group: kind.Group, Version: kind.Version, Resource: each.Resource}
	return admission.NewAttributesRecord(object, old, kind, known.GetNamespace(), known.GetName(), resource, "",
		admission.Operation(each.Operation), nil, false, &user.DefaultInfo{Name: "somebody"}), namespace, nil
}

func objectOf(fields map[string]any) runtime.Object {
	if fields == nil {
		return nil
	}
	return &unstructured.Unstructured{Object: fields}
}
