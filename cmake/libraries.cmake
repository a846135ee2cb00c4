# SPDX-License-Identifier: Apache-2.0
# rundown_library(NAME MODULE): the library that pkg-config knows as MODULE, as the target PkgConfig::NAME. What is linked
# with an external engine takes its archive, because it runs on a machine that has libc and nothing else.
function(rundown_library name module)
  pkg_check_modules(${name} REQUIRED IMPORTED_TARGET GLOBAL ${module})
  if(NOT RUNDOWN_ENGINE STREQUAL "external")
    return()
  endif()
  set(archives)
  foreach(library IN LISTS ${name}_LIBRARIES)
    find_library(${name}_${library}_archive lib${library}.a REQUIRED HINTS ${${name}_LIBRARY_DIRS} ${${name}_LIBDIR})
    list(APPEND archives ${${name}_${library}_archive})
  endforeach()
  set_target_properties(PkgConfig::${name} PROPERTIES INTERFACE_LINK_LIBRARIES "${archives}")
endfunction()
