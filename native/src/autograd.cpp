#include <ATen/core/grad_mode.h>
#include <c10/core/InferenceMode.h>

#include "error.h"
#include "tensor.h"

int32_t vt_backward(vt_tensor tensor, vt_tensor gradient) {
  return vt::guarded<int32_t>(-1, [&] {
    vt::unwrap(tensor).backward(gradient ? vt::unwrap(gradient) : at::Tensor());
    return 0;
  });
}

int32_t vt_requires_grad(vt_tensor tensor) { return vt::unwrap(tensor).requires_grad(); }

int32_t vt_set_requires_grad(vt_tensor tensor, int32_t value) {
  return vt::guarded<int32_t>(-1, [&] {
    vt::unwrap(tensor).set_requires_grad(value != 0);
    return 0;
  });
}

vt_tensor vt_grad(vt_tensor tensor) {
  return vt::guarded<vt_tensor>(nullptr, [&]() -> vt_tensor {
    const auto& gradient = vt::unwrap(tensor).grad();
    return gradient.defined() ? vt::wrap(gradient) : nullptr;
  });
}

int32_t vt_set_grad(vt_tensor tensor, vt_tensor gradient) {
  return vt::guarded<int32_t>(-1, [&] {
    vt::unwrap(tensor).mutable_grad() = gradient ? vt::unwrap(gradient) : at::Tensor();
    return 0;
  });
}

int32_t vt_grad_mode(void) { return at::GradMode::is_enabled(); }

void vt_set_grad_mode(int32_t enabled) { at::GradMode::set_enabled(enabled != 0); }

void* vt_inference_mode_enter(int32_t enabled) {
  return vt::guarded<void*>(nullptr, [&]() -> void* { return new c10::InferenceMode(enabled != 0); });
}

void vt_inference_mode_leave(void* guard) { delete static_cast<c10::InferenceMode*>(guard); }
