#!/usr/bin/env bash
# The `vampnet` command of this checkout. The build copies it to the root as ./vampnet.
root=$(dirname "$(readlink -f "$0")")
. "$root/scripts/env.sh"

# glibc gives the large tensors of every training step back to the system, which fills them with zeros again.
case ${1:-} in train | finetune)
    unset OPENBLAS_CORETYPE # nothing here depends on company
    for allocator in /usr/lib/*-linux-gnu*/libtcmalloc_minimal.so.4; do
        [ ! -e "$allocator" ] || export LD_PRELOAD=$allocator${LD_PRELOAD:+:$LD_PRELOAD}
    done ;;
esac
exec "$root/artifacts/bin/VampNet.Cli/release/vampnet" "$@"
