#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <torch/version.h>

#include "error.h"
#include "vampnet_torch.h"

int32_t vt_manual_seed(int64_t seed) {
  return vt::guarded<int32_t>(-1, [&] {
    at::manual_seed(static_cast<uint64_t>(seed));
    return 0;
  });
}

int32_t vt_set_num_threads(int32_t threads) {
  return vt::guarded<int32_t>(-1, [&] {
    at::set_num_threads(threads);
    return 0;
  });
}

int32_t vt_num_threads(void) { return at::get_num_threads(); }

int32_t vt_cuda_available(void) {
  return vt::guarded<int32_t>(0, [] { return at::globalContext().hasCUDA() ? 1 : 0; });
}

int32_t vt_cuda_synchronize(int32_t index) {
  return vt::guarded<int32_t>(-1, [&] {
    at::detail::getCUDAHooks().deviceSynchronize(static_cast<at::DeviceIndex>(index));
    return 0;
  });
}

const char* vt_version(void) { return TORCH_VERSION; }
