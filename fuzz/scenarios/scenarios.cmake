# SPDX-License-Identifier: Apache-2.0
# rundown_add_scenarios(NAME SOURCE... ARCHIVES FILE...): a program of scenarios, with these archives on the world.
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
endfunction()
