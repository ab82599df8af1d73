#!/usr/bin/env bash
# Checks the contracts: buf's lint, that docs/api.md says what they say, and that nothing breaks the last release (the newest tag vX.Y.Z).
# Takes buf from npm.
set -euo pipefail
cd "$(dirname "$0")/.."

version=1.75.0
tool=artifacts/buf/$version
buf=$tool/node_modules/.bin/buf
[ -x $buf ] || npm install --silent --no-save --no-audit --no-fund --prefix $tool @bufbuild/buf@$version

$buf lint protos
$buf build protos -o -#format=json | scripts/api-reference.py > artifacts/api.md
cmp --silent artifacts/api.md docs/api.md || {
    echo "docs/api.md is not what the contracts say: cp artifacts/api.md docs/api.md" >&2
    exit 1
}
if release=$(git describe --tags --abbrev=0 --match 'v[0-9]*' 2>/dev/null); then
    $buf breaking protos --against ".git#tag=$release,subdir=protos"
    echo "The contracts are clean, and break nothing of $release."
else
    echo "The contracts are clean. Nothing is released yet that they could break."
fi
