#include <ATen/core/dispatch/Dispatcher.h>

#include <string>
#include <utility>

#include "error.h"
#include "tensor.h"

namespace {

c10::IValue to_ivalue(const vt_value& value) {
  switch (value.tag) {
    case VT_NONE: return {};
    case VT_TENSOR: return vt::unwrap(value.handle);
    case VT_INT: return value.integer;
    case VT_DOUBLE: return value.real;
    case VT_BOOL: return value.integer != 0;
    case VT_INT_LIST: {
      const auto* items = static_cast<const int64_t*>(value.handle);
      return std::vector<int64_t>(items, items + value.count);
    }
    case VT_TENSOR_LIST: {
      auto* items = static_cast<vt_tensor*>(value.handle);
      std::vector<at::Tensor> list;
      list.reserve(value.count);
      for (int32_t i = 0; i < value.count; i++) list.push_back(vt::unwrap(items[i]));
      return list;
    }
    case VT_OPTIONAL_TENSOR_LIST: {
      auto* items = static_cast<vt_tensor*>(value.handle);
      using List = decltype(std::declval<const c10::IValue&>().toOptionalTensorList());  // optional is c10's or std's
      List list;
      for (int32_t i = 0; i < value.count; i++)
        list.push_back(items[i] ? List::value_type(vt::unwrap(items[i])) : List::value_type());
      return list;
    }
    case VT_DEVICE:
      return c10::Device(static_cast<c10::DeviceType>(value.count), static_cast<c10::DeviceIndex>(value.integer));
    case VT_STRING: return std::string(static_cast<const char*>(value.handle), value.count);
    default: TORCH_CHECK(false, "unknown argument tag ", value.tag);
  }
}

vt_value from_ivalue(const c10::IValue& value) {
  vt_value result{};
  if (value.isTensor()) {
    result.tag = VT_TENSOR;
    result.handle = vt::wrap(value.toTensor());
  } else if (value.isInt()) {
    result.tag = VT_INT;
    result.integer = value.toInt();
  } else if (value.isDouble()) {
    result.tag = VT_DOUBLE;
    result.real = value.toDouble();
  } else if (value.isBool()) {
    result.tag = VT_BOOL;
    result.integer = value.toBool();
  } else {
    TORCH_CHECK(false, "results of type ", value.tagKind(), " are not supported");
  }
  return result;
}

}  // namespace

vt_operator vt_operator_find(const char* name, const char* overload) {
  return vt::guarded<vt_operator>(nullptr, [&]() -> vt_operator {
    return new c10::OperatorHandle(c10::Dispatcher::singleton().findSchemaOrThrow(name, overload));
  });
}

int32_t vt_operator_call(vt_operator op, const vt_value* arguments, int32_t count, vt_value* results, int32_t capacity) {
  return vt::guarded<int32_t>(-1, [&] {
    const auto& handle = *static_cast<const c10::OperatorHandle*>(op);
    const auto& schema = handle.schema();
    const auto& formal = schema.arguments();
    TORCH_CHECK(static_cast<size_t>(count) <= formal.size(), schema.name(), " takes ", formal.size(), " arguments, got ", count);

    torch::jit::Stack stack;
    stack.reserve(formal.size());
    for (int32_t i = 0; i < count; i++) stack.push_back(to_ivalue(arguments[i]));
    for (size_t i = count; i < formal.size(); i++) {
      const auto& missing = formal[i].default_value();
      TORCH_CHECK(missing.has_value(), schema.name(), " needs argument ", formal[i].name());
      stack.push_back(*missing);
    }

    handle.callBoxed(&stack);

    // An operator returns either single values or one list of tensors (split, unbind).
    if (stack.size() == 1 && stack[0].isTensorList()) {
      const auto list = stack[0].toTensorVector();
      TORCH_CHECK(list.size() <= static_cast<size_t>(capacity), schema.name(), " returned ", list.size(), " tensors, room for ", capacity);
      for (size_t i = 0; i < list.size(); i++) results[i] = from_ivalue(list[i]);
      return static_cast<int32_t>(list.size());
    }
    TORCH_CHECK(stack.size() <= static_cast<size_t>(capacity), schema.name(), " returned ", stack.size(), " values, room for ", capacity);
    for (size_t i = 0; i < stack.size(); i++) results[i] = from_ivalue(stack[i]);
    return static_cast<int32_t>(stack.size());
  });
}
