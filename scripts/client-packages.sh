#!/usr/bin/env bash
# Packages of the clients in other languages: sources, the stubs of protos/ generated beside them, and the version of the repository.
#   scripts/client-packages.sh python|js    writes artifacts/clients/NAME, and the package to artifacts/packages where its tool is there
set -euo pipefail
cd "$(dirname "$0")/.."

version=$(scripts/version.sh)
out=artifacts/clients/$1
protos=$(cd protos && find vampnet -name '*.proto')
mkdir -p artifacts/packages
rm -rf "$out"
mkdir -p "$out"

case $1 in
python)
    cp -r clients/python/. "$out"
    sed -i "s/^version = .*/version = \"$version\"/" "$out/pyproject.toml"
    plugin=$(command -v grpc_python_plugin)
    # shellcheck disable=SC2086 # a list
    protoc -I protos --python_out="$out" --pyi_out="$out" --grpc_out="$out" --plugin=protoc-gen-grpc="$plugin" $protos
    protoc -I "$out" --python_out="$out" --pyi_out="$out" vampnet/_google/status.proto
    find "$out/vampnet" -type d -exec touch {}/__init__.py \;
    if /usr/bin/python3 -c 'import setuptools, wheel' 2>/dev/null && /usr/bin/python3 -m pip --version >/dev/null 2>&1; then
        /usr/bin/python3 -m pip wheel --quiet --no-deps --no-build-isolation -w artifacts/packages "$out"
    else
        echo "No wheel: python3-pip, python3-setuptools and python3-wheel make one. The package is in $out."
    fi
    ;;
js)
    cp -r clients/js/. "$out"
    (cd "$out" && npm pkg set version="$version" && npm install --silent --no-audit --no-fund)
    (cd "$out" && npx buf generate ../../../protos)
    (cd "$out" && npm pack --silent --pack-destination ../../packages)
    ;;
*)
    echo "Usage: $0 python|js" >&2
    exit 2
    ;;
esac
