// Command policy-judge compiles the rule of a policy and tries it against objects, with the engines that enforce it:
// the CEL environment of the Kubernetes API server, and OPA. It reads one JSON request from standard input, writes one
// JSON answer to standard output, and touches neither network nor files.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"
)

// Nobody waits longer for an answer; a rule that runs so long would hold up every request of a cluster.
const limit = 5 * time.Second

const maxRequest = 8 << 20

type request struct {
	Engine string `json:"engine"`
	// CEL
	Variables   []variable   `json:"variables"`
	Validations []validation `json:"validations"`
	// Rego
	Source string   `json:"source"`
	Libs   []string `json:"libs"`

	Parameters map[string]any `json:"parameters"`
	Reviews    []review       `json:"reviews"`

	// Renaming
	Expressions []string `json:"expressions"`
	Replacement string   `json:"replacement"`
}

type variable struct {
	Name       string `json:"name"`
	Expression string `json:"expression"`
}

type validation struct {
	Expression        string `json:"expression"`
	Message           string `json:"message"`
	MessageExpression string `json:"messageExpression"`
}

// review is what admission would be asked: one write of one object.
type review struct {
	Operation       string         `json:"operation"`
	Resource        string         `json:"resource"`
	Object          map[string]any `json:"object"`
	OldObject       map[string]any `json:"oldObject"`
	NamespaceObject map[string]any `json:"namespaceObject"`
}

type answer struct {
	Errors  []problem `json:"errors"`
	Results []result  `json:"results"`
	// The modules in Rego v1; absent unless one of them was written in v0.
	Converted *modules `json:"converted,omitempty"`
	// The expressions that were asked about, with `params` replaced.
	Expressions []string `json:"expressions,omitempty"`
}

type modules struct {
	Source string   `json:"source"`
	Libs   []string `json:"libs"`
}

// problem is a place in the rule that does not compile. Lines and columns count from 1.
type problem struct {
	Pointer string `json:"pointer"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"`
}

// result says what a rule makes of one review: the messages of what it forbids, or why it could not be evaluated.
type result struct {
	Violations []string `json:"violations"`
	Error      *string  `json:"error"`
}

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	var asked request
	if err := json.NewDecoder(io.LimitReader(in, maxRequest)).Decode(&asked); err != nil {
		return fmt.Errorf("the request is no JSON: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	var said answer
	switch asked.Engine {
	case "cel":
		said = judgeCEL(ctx, asked)
	case "rego":
		said = judgeRego(ctx, asked)
	case "rename-params":
		said = renameParams(asked)
	default:
		return fmt.Errorf("there is no engine %q", asked.Engine)
	}
	return json.NewEncoder(out).Encode(said)
}

func failed(err error) result {
	text := err.Error()
	return result{Violations: []string{}, Error: &text}
}
