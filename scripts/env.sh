# Sourced by whatever runs the model: what libtorch and OpenBLAS need from the environment to be fast.

# Some machines export these for other programs; they halve fp32 matrix products.
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE

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
