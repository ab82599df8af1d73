#!/usr/bin/env bash
# Writes what each program is made of, as CycloneDX, to artifacts/sbom: NuGet packages with versions, hashes and licences. After a build.
set -euo pipefail
cd "$(dirname "$0")/.."

dotnet tool restore >/dev/null
for project in gateway services/Codec services/CoarseGenerator services/FineGenerator services/BeatTracker clients/VampNet.Cli; do
    dotnet dotnet-CycloneDX "$(echo $project/*.csproj)" --disable-package-restore --output artifacts/sbom --output-format Json \
        --filename "$(basename $project).cdx.json" --set-version "$(scripts/version.sh)"
done
