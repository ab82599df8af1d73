#include "error.h"

#include <string>

namespace vt {
namespace {
thread_local std::string last_error;
}

void remember(const char* message) noexcept {
  try {
    last_error = message;
  } catch (...) {
    last_error.clear();
  }
}
}  // namespace vt

const char* vt_last_error(void) { return vt::last_error.c_str(); }
