# Sourced by whatever runs the model: what libtorch and OpenBLAS need from the environment to be fast.

# Some machines export these for other programs; they halve fp32 matrix products.
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE

# Without AVX-512, OpenBLAS takes its Haswell kernels, in which the rounding of a row depends on how many rows there are: the
# tokens of a request would depend on its company in the batch. Those for Sandy Bridge do not, but are slower.
if ! grep -qsw avx512f /proc/cpuinfo; then
    export OPENBLAS_CORETYPE=Sandybridge
fi

# libtorch from Debian starts with one thread otherwise.
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-$(nproc)}

# Threads that wait must not spin: next to anything else that wants the cores, spinning costs six times the time.
export OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-passive}

# The OpenMP flavour of OpenBLAS, even where the pthread one is installed beside it and preferred.
for _openblas in /usr/lib/*-linux-gnu*/openblas-openmp; do
    if [ -d "$_openblas" ]; then
        export LD_LIBRARY_PATH=$_openblas${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
    fi
done
unset _openblas
