# syntax=docker/dockerfile:1
# One target a program: codec, coarse-generator, fine-generator, beat-tracker, gateway, cli.
#
#   docker build --target codec -t vampnet/codec .
#   docker build --target codec -t vampnet/codec:cuda --build-arg UseNuGet=true --build-arg TorchPackage=TorchSharp-cuda-linux .
#
# UseNuGet=false (the default): polyfills, native/ and Debian's libtorch, CPU only.
# UseNuGet=true: the official packages; TorchSharp brings its own libtorch, and native/ is not built.
ARG UseNuGet=false

# .NET images come on Ubuntu; libtorch 1.13 is Debian's. The SDK and the runtime are portable, so they are copied over.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS dotnet-sdk
FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS dotnet-runtime

FROM debian:bookworm-slim AS sdk
RUN apt-get update && apt-get install -y --no-install-recommends \
        ca-certificates cmake g++ libssl3 libtorch-dev libopenblas0-openmp make \
    && rm -rf /var/lib/apt/lists/*
COPY --from=dotnet-sdk /usr/share/dotnet /usr/share/dotnet
RUN ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 NUGET_PACKAGES=/nuget

FROM sdk AS build
ARG UseNuGet
ARG TorchPackage=TorchSharp-cpu
# Read by MSBuild as properties.
ENV UseNuGet=$UseNuGet TorchPackage=$TorchPackage
WORKDIR /src
COPY scripts/native.sh scripts/
COPY native native
RUN [ "$UseNuGet" = true ] || scripts/native.sh
COPY . .

FROM build AS publish-codec
RUN --mount=type=cache,target=/nuget dotnet publish services/Codec -c Release -o /app
FROM build AS publish-coarse-generator
RUN --mount=type=cache,target=/nuget dotnet publish services/CoarseGenerator -c Release -o /app
FROM build AS publish-fine-generator
RUN --mount=type=cache,target=/nuget dotnet publish services/FineGenerator -c Release -o /app
FROM build AS publish-beat-tracker
RUN --mount=type=cache,target=/nuget dotnet publish services/BeatTracker -c Release -o /app
FROM build AS publish-gateway
RUN --mount=type=cache,target=/nuget dotnet publish gateway -c Release -o /app
FROM build AS publish-cli
RUN --mount=type=cache,target=/nuget dotnet publish clients/VampNet.Cli -c Release -o /app

FROM debian:bookworm-slim AS runtime
ARG UseNuGet
# librubberband2 is GPL: docs/services.md.
RUN if [ "$UseNuGet" = true ]; then torch=libgomp1; else torch="libopenblas0-openmp libtorch1.13"; fi; \
    apt-get update && apt-get install -y --no-install-recommends ca-certificates librubberband2 libsndfile1 libsoxr0 libssl3 $torch \
    && rm -rf /var/lib/apt/lists/*
COPY --from=dotnet-runtime /usr/share/dotnet /usr/share/dotnet
RUN ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet
# No diagnostics socket: the root file system is read-only in Kubernetes.
ENV DOTNET_ROOT=/usr/share/dotnet DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_EnableDiagnostics=0 OMP_WAIT_POLICY=passive
WORKDIR /app
# A number, so that Kubernetes can see that it is not root.
USER 10001:10001

# The weights that ship. A volume at /app/weights/… and Model__Path bring others.
FROM runtime AS stage
COPY weights weights

FROM stage AS codec
COPY --from=publish-codec /app .
ENTRYPOINT ["dotnet", "VampNet.Services.Codec.dll"]

FROM stage AS coarse-generator
COPY --from=publish-coarse-generator /app .
ENTRYPOINT ["dotnet", "VampNet.Services.CoarseGenerator.dll"]

FROM stage AS fine-generator
COPY --from=publish-fine-generator /app .
ENTRYPOINT ["dotnet", "VampNet.Services.FineGenerator.dll"]

FROM stage AS beat-tracker
COPY --from=publish-beat-tracker /app .
ENTRYPOINT ["dotnet", "VampNet.Services.BeatTracker.dll"]

FROM runtime AS gateway
COPY --from=publish-gateway /app .
ENTRYPOINT ["dotnet", "VampNet.Gateway.dll"]

FROM stage AS cli
COPY --from=publish-cli /app .
ENTRYPOINT ["dotnet", "vampnet.dll"]
