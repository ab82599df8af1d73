"""Runs the Tiltfile with functions that only note how they were called, and prints the calls as JSON.

Starlark is a subset of Python but for load(), which is a function here. tilt itself is not needed.
"""
import ast
import json
import sys

# What Python has and Starlark has not.
FOREIGN = (ast.Import, ast.ImportFrom, ast.ClassDef, ast.Try, ast.With, ast.While, ast.Raise, ast.Assert, ast.Global, ast.Nonlocal,
           ast.Yield, ast.JoinedStr, ast.Set, ast.SetComp, ast.GeneratorExp, ast.Starred, ast.NamedExpr, ast.Delete)

calls = []


def noted(name):
    def call(*arguments, **options):
        calls.append({"name": name, "arguments": list(arguments), "options": options})
        return {"call": name, "arguments": list(arguments)}
    return call


names = ["load", "ci_settings", "k8s_yaml", "kustomize", "local", "local_resource", "docker_build", "docker_build_with_restart", "sync",
         "k8s_resource"]
scope = {name: noted(name) for name in names}
scope["TRIGGER_MODE_MANUAL"] = "manual"
with open(sys.argv[1], encoding="utf-8") as file:
    text = file.read()
for node in ast.walk(ast.parse(text)):
    if isinstance(node, FOREIGN):
        sys.exit(f"{sys.argv[1]}:{node.lineno}: Starlark has no {type(node).__name__}")
exec(compile(text, sys.argv[1], "exec"), scope)
print(json.dumps(calls))
