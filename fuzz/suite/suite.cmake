# SPDX-License-Identifier: Apache-2.0
include(CheckCSourceCompiles)

# rundown_add_suite(NAME WORLD [PROFILE FILE]): the programs NAME-sweep and NAME-replay, and, with a compiler that has it,
# NAME-fuzz: for the implementation of ntdsbcli.h that WORLD, of rundown_add_world(), runs.
function(rundown_add_suite name world)
  cmake_parse_arguments(suite "" "PROFILE" "" ${ARGN})
  set(objects)
  if(suite_PROFILE)
    add_library(${name}_profile OBJECT ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/profile_text.c)
    set(objects $<TARGET_OBJECTS:${name}_profile>)
    get_filename_component(profile ${suite_PROFILE} ABSOLUTE)
    target_compile_definitions(${name}_profile PRIVATE RUNDOWN_PROFILE="${profile}")
    set_property(SOURCE ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/profile_text.c APPEND PROPERTY OBJECT_DEPENDS ${profile})
  endif()
  foreach(program sweep replay)
    add_executable(${name}-${program} $<TARGET_OBJECTS:Rundown::suite_main> ${objects})
    target_link_libraries(${name}-${program} PRIVATE Rundown::fuzz_suite ${world})
    set_target_properties(${name}-${program} PROPERTIES LINKER_LANGUAGE C)
  endforeach()
  # libFuzzer, or AFL++ where the compiler is its own.
  set(CMAKE_REQUIRED_FLAGS -fsanitize=fuzzer)
  check_c_source_compiles("#include <stddef.h>
    int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) { return data == NULL && size > 0; }" RUNDOWN_HAS_ENGINE)
  if(NOT RUNDOWN_HAS_ENGINE)
    message(STATUS "${name}-fuzz is left out: ${CMAKE_C_COMPILER} does not know -fsanitize=fuzzer")
    return()
  endif()
  add_executable(${name}-fuzz $<TARGET_OBJECTS:Rundown::suite_fuzz> ${objects})
  target_link_libraries(${name}-fuzz PRIVATE Rundown::fuzz_suite ${world})
  target_link_options(${name}-fuzz PRIVATE -fsanitize=fuzzer)
  set_target_properties(${name}-fuzz PROPERTIES LINKER_LANGUAGE C)
endfunction()
