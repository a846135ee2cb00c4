# SPDX-License-Identifier: Apache-2.0
# The seam, for this project and, installed, for others. --wrap is applied in a partial link of the target alone: its calls
# to the listed functions go to __wrap_*, while the harness, the engine and cmocka keep the real libc.
foreach(end target_start target_end)
  if(NOT TARGET rundown_${end})
    add_library(rundown_${end} OBJECT ${CMAKE_CURRENT_LIST_DIR}/${end}.c)
    target_compile_options(rundown_${end} PRIVATE -fno-lto)
  endif()
endforeach()

# Link-time optimisation: the target is compiled by a partial link of the compiler's own, so
# that its calls are machine code when they are wrapped and named. Empty: the objects are
# machine code already.
function(rundown_lto_flags out)
  string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
  set(flags "${CMAKE_C_FLAGS} ${CMAKE_C_FLAGS_${type}}")
  set(${out} "" PARENT_SCOPE)
  if(flags MATCHES "-flto")
    string(REGEX MATCH "-fuse-ld=[^ ]+" linker "${CMAKE_EXE_LINKER_FLAGS}")
    separate_arguments(flags UNIX_COMMAND "${flags} ${linker}")
    if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
      list(APPEND flags -flinker-output=nolto-rel)
    endif()
    set(${out} ${flags} -g -gdwarf-4 PARENT_SCOPE)
  endif()
endfunction()

# rundown_add_world(NAME LIBRARY... [OBJECTS FILE...] [ARCHIVES FILE...] [NEEDS LIBRARY...]): a program that links NAME runs
# these libraries, objects and archives on the simulated world; what else they need stays as it is; NAME includes the names of their fault points. With archives, which need be
# neither ours nor compiled for this, the names are those of their symbols.
function(rundown_add_world name)
  cmake_parse_arguments(world "" "" "OBJECTS;ARCHIVES;NEEDS" ${ARGN})
  set(libraries ${world_UNPARSED_ARGUMENTS})
  set_property(GLOBAL PROPERTY RUNDOWN_WORLD_${name} ${libraries})
  set(seam ${CMAKE_CURRENT_FUNCTION_LIST_DIR})
  set(list ${seam}/wrapped.txt)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${list})
  file(STRINGS ${list} wraps REGEX "^[a-z_0-9]+ ")
  list(TRANSFORM wraps REPLACE "^([a-z_0-9]+) .*" "--wrap=\\1")
  set(unnamed ${CMAKE_CURRENT_BINARY_DIR}/${name}_unnamed.o)
  set(object ${CMAKE_CURRENT_BINARY_DIR}/${name}.o)
  list(TRANSFORM libraries REPLACE "(.+)" "$<TARGET_FILE:\\1>" OUTPUT_VARIABLE archives)
  set(naming)
  if(world_ARCHIVES)
    list(APPEND archives ${world_ARCHIVES})
    set(aliases ${seam}/aliases.txt)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${aliases} ${seam}/unseen.txt)
    file(STRINGS ${aliases} names REGEX "^[a-z_0-9]+ ")
    list(TRANSFORM names REPLACE "^([a-z_0-9]+) .*" "--wrap=\\1")
    list(APPEND wraps ${names})
    set(naming --entries ${aliases})
  endif()
  rundown_lto_flags(lto)
  if(lto)
    set(compiled ${CMAKE_CURRENT_BINARY_DIR}/${name}_lto.o)
    add_custom_command(OUTPUT ${compiled}
      COMMAND ${CMAKE_C_COMPILER} ${lto} -r -nostdlib -o ${compiled}
        ${world_OBJECTS} -Wl,--whole-archive ${archives} -Wl,--no-whole-archive
      DEPENDS ${libraries} ${world_OBJECTS} COMMAND_EXPAND_LISTS VERBATIM)
    set(archives ${compiled})
    set(world_OBJECTS)
  endif()
  add_custom_command(OUTPUT ${unnamed}
    COMMAND ${CMAKE_LINKER} -r ${wraps} -o ${unnamed} $<TARGET_OBJECTS:rundown_target_start>
      ${world_OBJECTS} --whole-archive ${archives} --no-whole-archive $<TARGET_OBJECTS:rundown_target_end>
    DEPENDS ${libraries} ${archives} ${world_OBJECTS} $<TARGET_OBJECTS:rundown_target_start> $<TARGET_OBJECTS:rundown_target_end> ${list}
    COMMAND_EXPAND_LISTS VERBATIM)
  set(script ${seam}/name_points.py)
  set(table ${CMAKE_CURRENT_BINARY_DIR}/${name}_sites.c)
  add_custom_command(OUTPUT ${object} ${table}
    COMMAND ${Python3_EXECUTABLE} ${script} ${naming} ${unnamed} ${list} ${object} ${table}
    DEPENDS ${unnamed} ${script} ${list} VERBATIM)
  add_library(${name}_sites OBJECT ${table})
  # For a generator that builds one target alone.
  add_dependencies(${name}_sites rundown_target_start rundown_target_end)
  target_include_directories(${name}_sites PRIVATE ${seam}/../..)
  add_library(${name} INTERFACE)
  add_dependencies(${name} ${name}_sites)
  target_link_libraries(${name} INTERFACE ${object} $<TARGET_OBJECTS:${name}_sites> ${world_NEEDS} Rundown::faults)
  # Bound at the start: a call that binds later leaves the registers of its caller, which may hold a secret, on the stack.
  target_link_options(${name} INTERFACE -rdynamic -Wl,-z,now)
endfunction()
