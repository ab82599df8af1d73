# syntax=docker/dockerfile:1
# One target a program: codec, coarse-generator, fine-generator, beat-tracker, gateway, cli.
#
#   docker build --target codec -t vampnet/codec .
#   docker build --target codec -t vampnet/codec:cuda --build-arg Torch=cuda .
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG Torch=cpu
# Torch is read by MSBuild as a property.
ENV Torch=$Torch DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 NUGET_PACKAGES=/nuget
WORKDIR /src
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

FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS runtime
# librubberband2 is GPL: docs/services.md.
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends librubberband2 libsndfile1 libsoxr0 \
    && rm -rf /var/lib/apt/lists/*
# No diagnostics socket: the root file system is read-only in Kubernetes. One heap for large tensors: docs/training.md.
ENV DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_EnableDiagnostics=0 MALLOC_ARENA_MAX=1
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
