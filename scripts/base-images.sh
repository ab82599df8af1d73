#!/usr/bin/env bash
# Stand-ins for Microsoft's images of .NET, where their registry cannot be reached: Debian 12 with this machine's SDK, as
# localhost/dotnet/{sdk,aspnet}. As root, with debootstrap and Buildah. Then: make images REGISTRY=localhost/dotnet
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT
mirror=$(apt-get indextargets --format '$(REPO_URI)' | sed -n 1p)
dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
libraries=usr/lib/x86_64-linux-gnu

full=$work/full
debootstrap --variant=minbase --include=ca-certificates,libssl3,libstdc++6,zlib1g bookworm "$full" "$mirror" >/dev/null
rm -rf "$full"/var/cache/apt/archives/*.deb "$full"/var/lib/apt/lists/*
# This machine's sources of packages, and whom it trusts.
cp -r /etc/apt/sources.list.d "$full/etc/apt/"
rm -r "$full/etc/ssl/certs" && cp -rL /etc/ssl/certs "$full/etc/ssl/"
install -d "$full/usr/share/dotnet"
cp -r "$dotnet"/{dotnet,host,shared} "$full/usr/share/dotnet/"
ln -s /usr/share/dotnet/dotnet "$full/usr/bin/dotnet"

# What the image without a shell has.
chiseled=$work/chiseled
install -d "$chiseled"/{etc/ssl,tmp,usr/bin,usr/share,$libraries,usr/lib64}
chmod 1777 "$chiseled/tmp"
ln -s usr/lib "$chiseled/lib"
ln -s usr/lib64 "$chiseled/lib64"
for library in ld-linux-x86-64.so.2 libc.so.6 libdl.so.2 libm.so.6 libpthread.so.0 librt.so.1 libresolv.so.2 libnss_dns.so.2 \
    libnss_files.so.2 libssl.so.3 libcrypto.so.3 libz.so.1 libstdc++.so.6 libgcc_s.so.1; do
    cp -L "$full/$libraries/$library" "$chiseled/$libraries/"
done
ln -s ../lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 "$chiseled/usr/lib64/ld-linux-x86-64.so.2"
cp -r "$full/etc/ssl/certs" "$chiseled/etc/ssl/"
cp "$full"/etc/{passwd,group,nsswitch.conf} "$chiseled/etc/" 2>/dev/null || true
cp -r "$full/usr/share/dotnet" "$chiseled/usr/share/"
ln -s /usr/share/dotnet/dotnet "$chiseled/usr/bin/dotnet"

sdk=$work/sdk
install -d "$sdk/usr/share/dotnet"
cp -r "$dotnet"/{sdk,sdk-manifests,packs,templates} "$sdk/usr/share/dotnet/"

image() { # folder, name, base
    local container
    container=$(buildah from "${3:-scratch}")
    buildah copy --quiet "$container" "$1" / >/dev/null
    # As Microsoft's images have them.
    buildah config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        --env DOTNET_RUNNING_IN_CONTAINER=true --env ASPNETCORE_HTTP_PORTS=8080 "$container"
    buildah commit --quiet --rm "$container" "localhost/dotnet/$2" >/dev/null
    echo "localhost/dotnet/$2"
}
image "$full" aspnet:10.0-noble
image "$chiseled" aspnet:10.0-noble-chiseled
image "$sdk" sdk:10.0-noble localhost/dotnet/aspnet:10.0-noble
