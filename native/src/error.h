#pragma once
#include <c10/util/Exception.h>
#include <exception>

#include "vampnet_torch.h"

namespace vt {

void remember(const char* message) noexcept;

// Runs `body`; turns any exception into `failed` and keeps its message.
template <typename Result, typename Body>
Result guarded(Result failed, Body&& body) noexcept {
  try {
    return body();
  } catch (const c10::Error& error) {
    remember(error.what_without_backtrace());
  } catch (const std::exception& error) {
    remember(error.what());
  } catch (...) {
    remember("unknown C++ exception");
  }
  return failed;
}

}  // namespace vt
