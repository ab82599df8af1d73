#!/usr/bin/env bash
# Builds the solution in Release and puts the launcher at the root. Does nothing where nothing changed.
set -euo pipefail
cd "$(dirname "$0")/.."

stamp=artifacts/built
# Folders count too: their time changes when a file in them goes.
changed() {
    find benchmarks clients gateway model protos scripts services tests weights \
        Directory.* BannedSymbols.txt *.sln global.json .editorconfig -name node_modules -prune -o -newer $stamp -print -quit 2>/dev/null
}
if [ -e $stamp ] && [ -x vampnet ] && [ -z "$(changed)" ]; then
    exit 0
fi

mkdir -p artifacts
touch $stamp.new   # before the build, so that what is edited during it is built the next time
# Locked: a package that packages.lock.json does not name is an error (NU1004); `dotnet restore` without it writes the files anew.
dotnet restore VampNet.Mesh.sln --locked-mode --nologo -v quiet
dotnet build VampNet.Mesh.sln -c Release --no-restore --nologo -v quiet -clp:NoSummary
install -m 755 scripts/vampnet.sh vampnet
mv $stamp.new $stamp
