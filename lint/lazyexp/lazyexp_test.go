package lazyexp_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestExpressionsCompile tries each expression of the repository that is written as a text. Those that are put together are
// compiled by the tests of their packages.
func TestExpressionsCompile(t *testing.T) {
	tried := 0
	eachFile(t, func(path string, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			if expr, ok := expression(n); ok {
				tried++
				if _, err := regexp.Compile(expr); err != nil {
					t.Errorf("%s: %v", path, err)
				}
			}
			return true
		})
	})
	if tried < 40 {
		t.Errorf("only %d expressions were found", tried)
	}
}

// TestNothingCompilesAtStart expects that no package variable is a compiled expression: each run of each command would pay for it.
func TestNothingCompilesAtStart(t *testing.T) {
	eachFile(t, func(path string, file *ast.File) {
		for _, decl := range file.Decls {
			vars, ok := decl.(*ast.GenDecl)
			if ok && vars.Tok == token.VAR && compiles(vars) && !strings.HasSuffix(path, "_test.go") {
				t.Errorf("%s: a package variable is compiled at the start; make it with lazyexp.New", path)
			}
		}
	})
}

// eachFile visits the Go files of the repository.
func eachFile(t *testing.T, visit func(path string, file *ast.File)) {
	t.Helper()
	const root = "../.."
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err == nil {
			visit(path, file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// expression is the text that a call of New is given.
func expression(n ast.Node) (string, bool) {
	call, ok := n.(*ast.CallExpr)
	if !ok || !isCall(call, "lazyexp", "New") || len(call.Args) != 1 {
		return "", false
	}
	return constant(call.Args[0])
}

// constant is the value of a text, or of several with + between them.
func constant(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil
	case *ast.BinaryExpr:
		first, ok := constant(e.X)
		second, both := constant(e.Y)
		return first + second, ok && both
	}
	return "", false
}

// compiles reports whether a declaration calls regexp.MustCompile outside of a function.
func compiles(vars *ast.GenDecl) bool {
	found := false
	ast.Inspect(vars, func(n ast.Node) bool {
		if _, later := n.(*ast.FuncLit); later {
			return false
		}
		call, ok := n.(*ast.CallExpr)
		found = found || ok && isCall(call, "regexp", "MustCompile")
		return true
	})
	return found
}

func isCall(call *ast.CallExpr, pkg, name string) bool {
	fun, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || fun.Sel.Name != name {
		return false
	}
	of, ok := fun.X.(*ast.Ident)
	return ok && of.Name == pkg
}
