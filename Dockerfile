# syntax=docker/dockerfile:1
# One target a program: codec, coarse-generator, fine-generator, beat-tracker, gateway, cli. `make images` builds those of the mesh.
#
#   docker build --target codec -t vampnet/codec .
#   docker build --target codec -t vampnet/codec:cuda --build-arg Torch=cuda .
#
# Registry: where the images of .NET come from.
ARG Registry=mcr.microsoft.com/dotnet

# All programs at once: they share most of what is compiled.
FROM $Registry/sdk:10.0-noble AS publish
ARG Torch=cpu Version=
# Torch and Version are read by MSBuild as properties.
ENV Torch=$Torch Version=$Version DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
# Bundles the studio page.
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends npm && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
# libtorch is the same in every program that computes, half a gigabyte: a layer of its own, which their images share.
RUN dotnet publish services/Codec -c Release -o /app/codec \
    && dotnet publish services/CoarseGenerator -c Release -o /app/coarse-generator \
    && dotnet publish services/FineGenerator -c Release -o /app/fine-generator \
    && dotnet publish services/BeatTracker -c Release -o /app/beat-tracker \
    && dotnet publish gateway -c Release -o /app/gateway \
    && dotnet publish clients/VampNet.Cli -c Release -o /app/cli \
    && mkdir /libtorch && mv /app/codec/runtimes /libtorch && rm -rf /app/*/runtimes

# The native libraries of model/VampNet.Audio and what they load, but for the C library, which every image has.
FROM $Registry/aspnet:10.0-noble AS libraries
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends librubberband2 libsndfile1 libsoxr0 \
    && cd /usr/lib/x86_64-linux-gnu && mkdir -p /libraries/usr/lib/x86_64-linux-gnu \
    && ldd librubberband.so.2 libsndfile.so.1 libsoxr.so.0 | awk '$3 ~ /^\// { print $3 }' \
        | grep -vE '/(libc|libm|libdl|libpthread|ld-linux.*)\.so' | sort -u \
        | xargs -I{} cp -L {} librubberband.so.2 libsndfile.so.1 libsoxr.so.0 /libraries/usr/lib/x86_64-linux-gnu/

# For Tilt, which copies programs into containers that run.
FROM libraries AS development
ENV DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 MALLOC_ARENA_MAX=1
WORKDIR /app
COPY weights weights

# Ubuntu without a shell and a package manager.
FROM $Registry/aspnet:10.0-noble-chiseled AS runtime
# librubberband2 is GPL: docs/services.md.
COPY --from=libraries /libraries /
# No diagnostics socket: the root file system is read-only in Kubernetes. One heap for large tensors: docs/training.md.
ENV DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_EnableDiagnostics=0 MALLOC_ARENA_MAX=1
WORKDIR /app
# A number, so that Kubernetes can see that it is not root.
USER 10001:10001

# The weights that ship. A volume at /app/weights/… and Model__Path bring others.
FROM runtime AS stage
COPY --from=publish /libtorch .
COPY weights weights

FROM stage AS codec
COPY --from=publish /app/codec .
ENTRYPOINT ["dotnet", "VampNet.Services.Codec.dll"]

FROM stage AS coarse-generator
COPY --from=publish /app/coarse-generator .
ENTRYPOINT ["dotnet", "VampNet.Services.CoarseGenerator.dll"]

FROM stage AS fine-generator
COPY --from=publish /app/fine-generator .
ENTRYPOINT ["dotnet", "VampNet.Services.FineGenerator.dll"]

FROM stage AS beat-tracker
COPY --from=publish /app/beat-tracker .
ENTRYPOINT ["dotnet", "VampNet.Services.BeatTracker.dll"]

FROM runtime AS gateway
COPY --from=publish /app/gateway .
# gRPC; HTTP/1.1.
EXPOSE 5100 5180
ENTRYPOINT ["dotnet", "VampNet.Gateway.dll"]

FROM stage AS cli
COPY --from=publish /app/cli .
ENTRYPOINT ["dotnet", "vampnet.dll"]
