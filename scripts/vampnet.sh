#!/usr/bin/env bash
# The `vampnet` command of this checkout. The build copies it to the root as ./vampnet.
root=$(dirname "$(readlink -f "$0")")
export MALLOC_ARENA_MAX=${MALLOC_ARENA_MAX:-1} # one heap for large tensors: docs/training.md
exec "$root/artifacts/bin/VampNet.Cli/release/vampnet" "$@"
