#pragma once
#include <ATen/ATen.h>

#include "vampnet_torch.h"

namespace vt {

inline at::Tensor& unwrap(vt_tensor tensor) { return *static_cast<at::Tensor*>(tensor); }

inline vt_tensor wrap(at::Tensor tensor) { return new at::Tensor(std::move(tensor)); }

}  // namespace vt
