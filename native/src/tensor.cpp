#include "tensor.h"

#include <cstring>

#include "error.h"

vt_tensor vt_tensor_from_data(const void* data, int32_t scalar_type, const int64_t* sizes, int32_t dimensions) {
  return vt::guarded<vt_tensor>(nullptr, [&] {
    auto tensor = at::empty(at::IntArrayRef(sizes, dimensions), at::TensorOptions().dtype(static_cast<at::ScalarType>(scalar_type)));
    if (tensor.nbytes() > 0) std::memcpy(tensor.data_ptr(), data, tensor.nbytes());
    return vt::wrap(std::move(tensor));
  });
}

int32_t vt_tensor_copy_to(vt_tensor tensor, void* data, int64_t bytes) {
  return vt::guarded<int32_t>(-1, [&] {
    auto source = vt::unwrap(tensor).detach().to(at::kCPU).contiguous();
    TORCH_CHECK(static_cast<int64_t>(source.nbytes()) == bytes, "the tensor has ", source.nbytes(), " bytes, the buffer ", bytes);
    if (bytes > 0) std::memcpy(data, source.data_ptr(), bytes);
    return 0;
  });
}

void* vt_tensor_data(vt_tensor tensor) {
  return vt::guarded<void*>(nullptr, [&] {
    const auto& t = vt::unwrap(tensor);
    TORCH_CHECK(t.device().is_cpu() && t.is_contiguous(), "only a contiguous tensor in main memory can be read in place");
    // An empty tensor has no storage, but it is no error to ask for its zero bytes.
    static char nothing = 0;
    return t.nbytes() > 0 ? t.data_ptr() : &nothing;
  });
}

int32_t vt_tensor_describe(vt_tensor tensor, vt_tensor_info* info) {
  return vt::guarded<int32_t>(-1, [&] {
    const auto& t = vt::unwrap(tensor);
    info->sizes = t.sizes().data();
    info->dimensions = static_cast<int32_t>(t.dim());
    info->scalar_type = static_cast<int32_t>(t.scalar_type());
    info->device_type = static_cast<int32_t>(t.device().type());
    info->device_index = t.device().index();
    return 0;
  });
}

void vt_tensor_free(vt_tensor tensor) { delete static_cast<at::Tensor*>(tensor); }
