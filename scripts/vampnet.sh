#!/usr/bin/env bash
# The `vampnet` command of this checkout. The build copies it to the root as ./vampnet.
root=$(dirname "$(readlink -f "$0")")
exec "$root/artifacts/bin/VampNet.Cli/release/vampnet" "$@"
