# Toolchain for tests: this extension compiles nothing, so no compiler is looked for.
foreach(_language C CXX)
  set(CMAKE_${_language}_COMPILER /bin/true)
  set(CMAKE_${_language}_COMPILER_ID_RUN ON)
  set(CMAKE_${_language}_COMPILER_FORCED ON)
endforeach()
