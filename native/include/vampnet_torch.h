// libvampnet_torch: a C ABI over libtorch.
//
// Every ATen operator is reached through one function, vt_operator_call, which goes through libtorch's dispatcher:
// autograd, devices and data types work as they do in PyTorch, and a new operator needs no new native code.
//
// Functions that can fail return a negative number or null and leave libtorch's message in vt_last_error (one a
// thread). No C++ exception crosses this border.
#ifndef VAMPNET_TORCH_H
#define VAMPNET_TORCH_H

#include <stdint.h>

#define VT_API __attribute__((visibility("default")))

#ifdef __cplusplus
extern "C" {
#endif

// An owned at::Tensor; free it with vt_tensor_free.
typedef void* vt_tensor;
// An operator of the dispatcher; lives as long as the process.
typedef const void* vt_operator;

enum vt_tag {
  VT_NONE = 0,
  VT_TENSOR = 1,        // handle
  VT_INT = 2,           // integer; also a ScalarType
  VT_DOUBLE = 3,        // real
  VT_BOOL = 4,          // integer
  VT_INT_LIST = 5,      // handle = int64_t*, count
  VT_TENSOR_LIST = 6,   // handle = vt_tensor*, count
  VT_OPTIONAL_TENSOR_LIST = 7,  // handle = vt_tensor* (null = None), count
  VT_DEVICE = 8,        // integer = index, count = device type
  VT_STRING = 9,        // handle = char*, count bytes
};

// One argument or result of an operator.
typedef struct {
  int32_t tag;
  int32_t count;
  union {
    int64_t integer;
    double real;
    void* handle;
  };
} vt_value;

// Shape, type and place of a tensor. `sizes` stays valid while the tensor lives unchanged.
typedef struct {
  const int64_t* sizes;
  int32_t dimensions;
  int32_t scalar_type;
  int32_t device_type;
  int32_t device_index;
} vt_tensor_info;

VT_API const char* vt_last_error(void);

VT_API vt_tensor vt_tensor_from_data(const void* data, int32_t scalar_type, const int64_t* sizes, int32_t dimensions);
VT_API int32_t vt_tensor_copy_to(vt_tensor tensor, void* data, int64_t bytes);
// Elements of a contiguous tensor in main memory; valid while the tensor lives.
VT_API void* vt_tensor_data(vt_tensor tensor);
VT_API int32_t vt_tensor_describe(vt_tensor tensor, vt_tensor_info* info);
VT_API void vt_tensor_free(vt_tensor tensor);

VT_API vt_operator vt_operator_find(const char* name, const char* overload);
// Missing trailing arguments take the defaults of the operator's schema. Returns the number of results.
VT_API int32_t vt_operator_call(vt_operator op, const vt_value* arguments, int32_t count, vt_value* results, int32_t capacity);

VT_API int32_t vt_backward(vt_tensor tensor, vt_tensor gradient);
VT_API int32_t vt_requires_grad(vt_tensor tensor);
VT_API int32_t vt_set_requires_grad(vt_tensor tensor, int32_t value);
VT_API vt_tensor vt_grad(vt_tensor tensor);
VT_API int32_t vt_set_grad(vt_tensor tensor, vt_tensor gradient);
VT_API int32_t vt_grad_mode(void);
VT_API void vt_set_grad_mode(int32_t enabled);
VT_API void* vt_inference_mode_enter(int32_t enabled);
VT_API void vt_inference_mode_leave(void* guard);

VT_API int32_t vt_manual_seed(int64_t seed);
VT_API int32_t vt_set_num_threads(int32_t threads);
VT_API int32_t vt_num_threads(void);
VT_API int32_t vt_cuda_available(void);
VT_API int32_t vt_cuda_synchronize(int32_t index);
VT_API const char* vt_version(void);

#ifdef __cplusplus
}
#endif
#endif
