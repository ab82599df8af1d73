# Two commands to know: `make demo` (a first vamp) and `make test`. Everything they need they set up, once.

MAKEFLAGS += --no-print-directory
# The SDK needs no ICU then; nothing here depends on a culture.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT := 1
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1

.PHONY: help demo test test-host test-containers fuzz soak images bench bench-load capacity capacity-measure
.PHONY: build format-check contracts-check pack packages sbom deps deps-test clean

help:
	@echo "make demo       set up, build, and vamp assets/through-space.flac into out.wav"
	@echo "make test       set up, build, and run every test but those marked Host, Fuzz or Containers"
	@echo "make test-host  run the long tests marked Host, and those of test-containers"
	@echo "make test-containers  build the images and run the mesh of k8s/ in containers, under load and faults (Docker, or Podman as root)"
	@echo "make fuzz       damaged files and requests of every kind for FUZZ_SECONDS (300), with FUZZ_SEED (a new one)"
	@echo "make soak       good and abusive clients at once, SOAK_CALLS (4800) calls"
	@echo "make images     build the images vampnet/NAME:VERSION (Docker, Podman or Buildah)"
	@echo "make bench      measure every stage and write docs/benchmarks.md"
	@echo "make bench-load measure the generators under load and write docs/benchmarks-load.md (a quarter of an hour)"
	@echo "make capacity   simulate a mesh under load and make the figures of docs/capacity.md anew (ten minutes)"
	@echo "make capacity-measure  measure what the simulation goes by, on an idle machine (a quarter of an hour)"
	@echo "make build      build the solution and ./vampnet (Release)"
	@echo "make format-check  say whether dotnet format would change anything"
	@echo "make contracts-check  lint protos/ with buf and compare it with the last release"
	@echo "make pack       write the NuGet packages of the client library to artifacts/packages, as version VERSION"
	@echo "make packages   make what is installed: a tarball, a .deb, the dotnet tool, and the clients for NuGet, PyPI and npm"
	@echo "make sbom       write what the programs are made of (CycloneDX) to artifacts/sbom"
	@echo "make deps       install what a build needs (apt, as root; otherwise says what to install)"
	@echo "make clean      remove what a build made"

demo: build
	./vampnet vamp assets/through-space.flac -o out.wav --force

test: deps-test build
	@scripts/test.sh 'Category!=Host&Category!=Fuzz&Category!=Containers'

# Those with containers, too: without an engine they are skipped, and say so.
test-host: deps-test build
	@scripts/test-containers.sh 'Category=Host|Category=Containers'

# A crash or a hang leaves its round in artifacts/fuzz/current, a failure its bytes beside it; FUZZ_TARGET and FUZZ_ROUND repeat it.
fuzz: deps-test build
	@rm -rf artifacts/fuzz
	@OMP_NUM_THREADS=1 dotnet test artifacts/bin/VampNet.Mesh.Tests/release/VampNet.Mesh.Tests.dll --nologo --filter Category=Fuzz \
	    --logger 'console;verbosity=detailed' || { echo "last round: $$(cat artifacts/fuzz/current)"; exit 1; }

soak: deps-test build
	@OMP_NUM_THREADS=1 dotnet test artifacts/bin/VampNet.Mesh.Tests/release/VampNet.Mesh.Tests.dll --nologo \
	    --filter FullyQualifiedName~Thousands_of_mixed_calls --logger 'console;verbosity=detailed'

# Without an engine the tests are skipped, and say so.
test-containers: deps-test build
	@scripts/test-containers.sh

images:
	@scripts/images.sh

bench: build
	artifacts/bin/VampNet.Benchmarks/release/VampNet.Benchmarks --official artifacts/official --output docs/benchmarks.md

bench-load: build
	artifacts/bin/VampNet.Benchmarks/release/VampNet.Benchmarks load --output docs/benchmarks-load.md

capacity: build
	artifacts/bin/VampNet.Simulation/release/VampNet.Simulation report

# One thread, so that a replica is a core.
capacity-measure: build
	OMP_NUM_THREADS=1 artifacts/bin/VampNet.Benchmarks/release/VampNet.Benchmarks capacity

build: deps
	@scripts/build.sh

format-check: build
	dotnet format VampNet.Mesh.sln --no-restore --verify-no-changes

contracts-check: deps-test
	@scripts/buf.sh

# The client library and the two projects that it refers to: a package names its references as packages of the same version.
pack:
	for project in protos model/VampNet.Core clients/VampNet.Client; do \
	    dotnet pack $$project -c Release -o artifacts/packages $(if $(VERSION),-p:Version=$(VERSION)) || exit; \
	done

packages: deps-test build
	@$(MAKE) pack VERSION=$$(scripts/version.sh)
	@scripts/client-packages.sh python
	@scripts/client-packages.sh js
	@scripts/package.sh

sbom: build
	@scripts/sbom.sh

deps:
	@scripts/deps.sh

deps-test:
	@scripts/deps.sh --test
	@scripts/tools.sh

clean:
	rm -rf artifacts vampnet out.wav
