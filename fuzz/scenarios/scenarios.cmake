# SPDX-License-Identifier: Apache-2.0
include(CheckCSourceCompiles)

# rundown_add_scenarios(NAME SOURCE... ARCHIVES FILE...): a program of scenarios, with these archives on the world; and
# NAME-fuzz for libFuzzer, with a compiler that has it, and NAME-afl for AFL++, where that is installed. What is linked with
# NAME is linked with these, too.
function(rundown_add_scenarios name)
  cmake_parse_arguments(scenarios "" "" "ARCHIVES" ${ARGN})
  if(NOT scenarios_ARCHIVES)
    message(FATAL_ERROR "rundown_add_scenarios(${name}): ARCHIVES says which archives run on the world")
  endif()
  rundown_add_world(${name}_world ARCHIVES ${scenarios_ARCHIVES})
  add_library(${name}_place OBJECT ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/place.c)
  get_filename_component(report ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../report ABSOLUTE)
  target_compile_definitions(${name}_place PRIVATE RUNDOWN_REPORT="${report}")
  add_executable(${name} ${scenarios_UNPARSED_ARGUMENTS} $<TARGET_OBJECTS:Rundown::scenarios_main>
    $<TARGET_OBJECTS:${name}_place>)
  target_link_libraries(${name} PRIVATE Rundown::fuzz_scenarios ${name}_world)
  set(CMAKE_REQUIRED_FLAGS -fsanitize=fuzzer)
  check_c_source_compiles("#include <stddef.h>
    int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) { return data == NULL && size > 0; }" RUNDOWN_HAS_ENGINE)
  if(RUNDOWN_HAS_ENGINE)
    _rundown_add_engine(${name} fuzz -fsanitize=fuzzer)
  endif()
  find_file(RUNDOWN_AFL_RUNTIME afl-compiler-rt.o PATHS /usr/lib/afl /usr/local/lib/afl NO_DEFAULT_PATH)
  if(RUNDOWN_AFL_RUNTIME)
    _rundown_add_engine(${name} afl ${RUNDOWN_AFL_RUNTIME})
  endif()
endfunction()

# NAME-ENGINE: the objects of NAME, and LINK, by which the engine is linked.
function(_rundown_add_engine name engine link)
  add_executable(${name}-${engine} $<TARGET_OBJECTS:${name}> $<TARGET_OBJECTS:Rundown::scenarios_${engine}>)
  target_link_libraries(${name}-${engine} PRIVATE Rundown::fuzz_scenarios ${name}_world
    $<TARGET_PROPERTY:${name},LINK_LIBRARIES>)
  target_link_options(${name}-${engine} PRIVATE ${link})
  set_target_properties(${name}-${engine} PROPERTIES LINKER_LANGUAGE C OUTPUT_NAME $<TARGET_FILE_BASE_NAME:${name}>-${engine}
    RUNTIME_OUTPUT_DIRECTORY $<TARGET_PROPERTY:${name},RUNTIME_OUTPUT_DIRECTORY>)
endfunction()
