# SPDX-License-Identifier: Apache-2.0
# A part of the house is a folder with one idea and one static library. docs/architecture.md draws who may know
# whom; each part says it here, and tests/repository/parts.sh links each part with those alone.

# rundown_part(NAME [KNOWS PART...] [LEAVES FILE...] [ONLY FILE...]): all C of this folder but LEAVES, which belong to
# programs or to another part; or ONLY these files.
function(rundown_part name)
  cmake_parse_arguments(part "" "" "KNOWS;LEAVES;ONLY" ${ARGN})
  if(part_ONLY)
    set(sources ${part_ONLY})
  else()
    file(GLOB sources CONFIGURE_DEPENDS *.c)
  endif()
  foreach(file IN LISTS part_LEAVES)
    list(REMOVE_ITEM sources ${CMAKE_CURRENT_SOURCE_DIR}/${file})
  endforeach()
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${part_KNOWS} PRIVATE rundown_warnings)
endfunction()
