#!/usr/bin/env bash
# The version of everything in this repository, from the one place that says it.
sed -n 's/.*<VersionPrefix>\(.*\)<.*/\1/p' "$(dirname "$0")/../Directory.Build.props"
