#!/usr/bin/env bash
# Builds native/ and the solution in Release and puts the launcher at the root. Does nothing where nothing changed.
set -euo pipefail
cd "$(dirname "$0")/.."

stamp=artifacts/built
# Folders count too: their time changes when a file in them goes.
changed() {
    find benchmarks clients gateway model native polyfills protos scripts services tests weights \
        Directory.* *.sln global.json .editorconfig -name node_modules -prune -o -newer $stamp -print -quit 2>/dev/null
}
if [ -e $stamp ] && [ -x vampnet ] && [ -z "$(changed)" ]; then
    exit 0
fi

mkdir -p artifacts
touch $stamp.new   # before the build, so that what is edited during it is built the next time
scripts/native.sh
dotnet build VampNet.Mesh.sln -c Release --nologo -v quiet -clp:NoSummary
install -m 755 scripts/vampnet.sh vampnet
mv $stamp.new $stamp
