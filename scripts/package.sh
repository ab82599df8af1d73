#!/usr/bin/env bash
# Programs to install, to artifacts/packages: vampnet-VERSION-linux-x64.tar.gz, which has everything inside, .NET too, a Debian package, and
# the dotnet tool. After a build, which a release makes with Version=VERSION in its environment.
set -euo pipefail
cd "$(dirname "$0")/.."

version=$(scripts/version.sh)
packages=$PWD/artifacts/packages
stage=artifacts/package
tree=$stage/vampnet-$version
rm -rf $stage
mkdir -p "$packages" "$tree/audio"

dotnet publish clients/VampNet.Cli -c Release --no-build -o "$tree/lib" --nologo -v quiet
cp -r weights LICENSE "$tree"

# The .NET that the program was built with: its host, and the two frameworks that it asks for.
root=$(dirname "$(readlink -f "$(command -v dotnet)")")
runtime=$(dotnet --list-runtimes | awk '$1 == "Microsoft.NETCore.App" && $2 ~ /^10\./ { print $2 }' | sort -V | tail -n 1)
for folder in "host/fxr/$runtime" "shared/Microsoft.NETCore.App/$runtime" "shared/Microsoft.AspNetCore.App/$runtime"; do
    mkdir -p "$tree/dotnet/$(dirname "$folder")"
    cp -r "$root/$folder" "$tree/dotnet/$folder"
done
install -m 755 scripts/package/vampnet "$tree/vampnet"

# What libraries of sound load, but for those of the C library. librubberband2 is GPL: docs/services.md.
libraries=$(ldconfig -p | awk '/x86-64/ && /lib(sndfile|soxr|rubberband|mpg123)\.so\.[0-9]+ / { print $NF }')
# shellcheck disable=SC2086 # a list
{ echo "$libraries"; ldd $libraries | awk '$3 ~ /^\// { print $3 }'; } \
    | grep -vE '/(libc|libm|libdl|libpthread|librt|libstdc\+\+|libgcc_s|ld-linux.*)\.so' | sort -u | xargs cp -L -t "$tree/audio"
tar -C $stage -czf "$packages/vampnet-$version-linux-x64.tar.gz" "vampnet-$version"

# The Debian package has those libraries from Debian.
deb=$stage/deb
mkdir -p $deb/DEBIAN $deb/opt $deb/usr/bin $deb/usr/share/bash-completion/completions
mv "$tree" $deb/opt/vampnet
rm -r $deb/opt/vampnet/audio
ln -s /opt/vampnet/vampnet $deb/usr/bin/vampnet
$deb/opt/vampnet/vampnet completion bash > $deb/usr/share/bash-completion/completions/vampnet
cat > $deb/DEBIAN/control <<CONTROL
Package: vampnet
Version: $version
Architecture: amd64
Maintainer: VampNet.Mesh
Depends: libc6, libgomp1, libstdc++6, libsndfile1, libsoxr0, librubberband2
Section: sound
Priority: optional
Description: Variations, fill-ins and continuations of music by VampNet
 Music is turned into tokens; some of them are hidden, and generated anew.
CONTROL
dpkg-deb --root-owner-group -Zgzip -z6 --build $deb "$packages/vampnet_${version}_amd64.deb" >/dev/null
rm -rf $stage

dotnet pack clients/VampNet.Cli -c Release --no-build -p:Version="$version" -o "$packages" --nologo -v quiet
ls -l "$packages"
