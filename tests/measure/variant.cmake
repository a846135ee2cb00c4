# SPDX-License-Identifier: Apache-2.0
# Programs of a flavour with another target: a changed copy of target/, as planted bugs and mutants are. A tree that is
# built describes itself (rundown_describe); a second, small tree, configured with the same preset and
#
#   RUNDOWN_VARIANTS_OF        the build directory of the first
#   RUNDOWN_VARIANTS           folders, each with a changed copy of target/ in it: FOLDER/target
#   RUNDOWN_VARIANT_OUT        the name of a folder for the results: FOLDER/OUT
#   RUNDOWN_VARIANT_PROGRAMS   what is linked into FOLDER/OUT: rundown, fuzz_session, test_ndr, ...
#   RUNDOWN_VARIANT_WORLD      the world that they run on, if they do: rundown_world (the default), tool_world or daemon_world
#   RUNDOWN_VARIANT_OPTIONS    more options for the compiler, of the changed files
#   RUNDOWN_VARIANT_SOURCES    sources that each program has, too
#
# compiles the files that differ (new ones are left out) and links them with the objects and archives of the first, all variants in one graph.
# FOLDER/OUT/changed lists the objects of the files that differ; FOLDER/OUT/name says what the targets of its programs begin
# with.

# Every target of a directory and of those below it.
function(all_targets directory out)
  get_property(targets DIRECTORY ${directory} PROPERTY BUILDSYSTEM_TARGETS)
  get_property(folders DIRECTORY ${directory} PROPERTY SUBDIRECTORIES)
  foreach(folder IN LISTS folders)
    all_targets(${folder} below)
    list(APPEND targets ${below})
  endforeach()
  set(${out} ${targets} PARENT_SCOPE)
endfunction()

# In the first tree: its libraries as suite::NAME in suite.cmake; the objects of the target, and what each program is
# linked of, in programs.cmake.
function(rundown_describe)
  all_targets(${PROJECT_SOURCE_DIR} targets)
  set(libraries)
  set(description)
  foreach(target IN LISTS targets)
    get_target_property(type ${target} TYPE)
    if(type MATCHES "^(STATIC|INTERFACE)_LIBRARY$" AND NOT TARGET ${target}_sites)
      list(APPEND libraries ${target})
    elseif(type STREQUAL "EXECUTABLE")
      get_target_property(linked ${target} LINK_LIBRARIES)
      string(APPEND description "set(${target}_OBJECTS [[$<TARGET_OBJECTS:${target}>]])\n"
        "set(${target}_LIBRARIES [[${linked}]])\n"
        "set(${target}_OPTIONS [[$<TARGET_PROPERTY:${target},LINK_OPTIONS>]])\n")
    endif()
  endforeach()
  foreach(world rundown_world tool_world daemon_world)
    get_property(parts GLOBAL PROPERTY RUNDOWN_WORLD_${world})
    foreach(part IN LISTS parts)
      string(APPEND description "list(APPEND ${world}_OBJECTS [[$<TARGET_OBJECTS:${part}>]])\n")
    endforeach()
  endforeach()
  export(TARGETS ${libraries} NAMESPACE suite:: FILE ${CMAKE_BINARY_DIR}/suite.cmake)
  file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/programs.cmake CONTENT "${description}")
endfunction()

# What of the target is compiled as a part of another file, which includes it.
set(INCLUDED_tools/dsbackup.c ${PROJECT_SOURCE_DIR}/fuzz/tool/dsbackup_main.c)
if(NOT RUNDOWN_VARIANT_WORLD)
  set(RUNDOWN_VARIANT_WORLD rundown_world)
endif()

# Whether a file of TREE is not what it is in target/.
function(differs tree file out)
  set(original ${PROJECT_SOURCE_DIR}/target/${file})
  get_property(hash GLOBAL PROPERTY "HASH ${file}")
  if(NOT hash AND EXISTS ${original})
    file(SHA256 ${original} hash)
    set_property(GLOBAL PROPERTY "HASH ${file}" ${hash})
  endif()
  file(SHA256 ${tree}/${file} mine)
  if(mine STREQUAL "${hash}")
    set(${out} FALSE PARENT_SCOPE)
  else()
    set(${out} TRUE PARENT_SCOPE)
  endif()
endfunction()

# The sources of TREE to compile, and the objects of the first tree that stand for the others. A changed header changes
# whatever may include it.
function(divide_target tree out_changed out_same)
  set(header_differs FALSE)
  file(GLOB_RECURSE headers RELATIVE ${tree} ${tree}/*.h)
  foreach(file IN LISTS headers)
    differs(${tree} ${file} one)
    if(one)
      set(header_differs TRUE)
    endif()
  endforeach()
  set(changed)
  set(same ${${RUNDOWN_VARIANT_WORLD}_OBJECTS})
  file(GLOB sources RELATIVE ${tree} ${tree}/*/*.c ${tree}/server/daemon/*.c)
  foreach(file IN LISTS sources)
    set(source ${tree}/${file})
    set(compiled ${file})
    if(DEFINED INCLUDED_${file})
      set(source ${INCLUDED_${file}})
      get_filename_component(compiled ${source} NAME)
    endif()
    string(REPLACE "." "\\." pattern "/${compiled}.o")
    set(object ${${RUNDOWN_VARIANT_WORLD}_OBJECTS})
    list(FILTER object INCLUDE REGEX "${pattern}$")
    if(object)
      differs(${tree} ${file} one)
      if(one OR header_differs)
        list(APPEND changed ${source})
        list(REMOVE_ITEM same ${object})
      endif()
    endif()
  endforeach()
  set(${out_changed} ${changed} PARENT_SCOPE)
  set(${out_same} ${same} PARENT_SCOPE)
endfunction()

# add_variant(FOLDER OBJECT...): targets VARIANT.PROGRAM for each of RUNDOWN_VARIANT_PROGRAMS, with these objects, too.
function(add_variant folder)
  get_filename_component(name ${folder} NAME)
  string(MAKE_C_IDENTIFIER "variant_${name}" name)
  set(out ${folder}/${RUNDOWN_VARIANT_OUT})
  file(WRITE ${out}/name "${name}\n")
  divide_target(${folder}/target changed same)
  set(objects)
  if(changed)
    add_library(${name} OBJECT ${changed})
    target_options(${name} ${folder}/target)
    # For a file that is included by its name from the top.
    target_include_directories(${name} PRIVATE ${folder})
    target_compile_definitions(${name} PRIVATE NTDSB_VERSION="${PROJECT_VERSION}")
    target_compile_options(${name} PRIVATE -w ${RUNDOWN_VARIANT_OPTIONS})
    set(objects $<TARGET_OBJECTS:${name}>)
  endif()
  file(GENERATE OUTPUT ${out}/changed CONTENT "$<JOIN:${objects},\n>\n")
  rundown_add_world(${name}_world OBJECTS ${same} ${objects} NEEDS PkgConfig::NETTLE PkgConfig::CRYPT)
  set(language C)
  if(NOT RUNDOWN_ENGINE STREQUAL "none")
    set(language CXX)
  endif()
  foreach(program IN LISTS RUNDOWN_VARIANT_PROGRAMS)
    set(target ${name}.${program})
    add_executable(${target} ${${program}_OBJECTS} ${ARGN})
    set(libraries)
    foreach(library IN LISTS ${program}_LIBRARIES)
      if(library STREQUAL RUNDOWN_VARIANT_WORLD)
        list(APPEND libraries ${name}_world)
      elseif(TARGET suite::${library})
        list(APPEND libraries suite::${library})
      else()
        list(APPEND libraries ${library})
      endif()
    endforeach()
    # Without a world: the changed objects come before the archives, which then need not give their own.
    if(NOT RUNDOWN_VARIANT_WORLD IN_LIST ${program}_LIBRARIES)
      target_sources(${target} PRIVATE ${objects})
      # What they need of the rest: the main file of dsbackup has what its other files ask for.
      if(RUNDOWN_VARIANT_WORLD STREQUAL "tool_world")
        list(APPEND libraries suite::dsbackup_main suite::ntdsb_tools suite::ntdsb_options)
      endif()
    endif()
    target_link_libraries(${target} PRIVATE ${libraries})
    target_link_options(${target} PRIVATE ${${program}_OPTIONS})
    set_target_properties(${target} PROPERTIES OUTPUT_NAME ${program} RUNTIME_OUTPUT_DIRECTORY ${out}
      LINKER_LANGUAGE ${language})
  endforeach()
endfunction()

# The second tree.
function(rundown_add_variants)
  foreach(program IN LISTS RUNDOWN_VARIANT_PROGRAMS)
    if(NOT DEFINED ${program}_OBJECTS)
      message(FATAL_ERROR "${RUNDOWN_VARIANTS_OF} has no program ${program}")
    endif()
  endforeach()
  set(more)
  if(RUNDOWN_VARIANT_SOURCES)
    add_library(variant_sources OBJECT ${RUNDOWN_VARIANT_SOURCES})
    set(more $<TARGET_OBJECTS:variant_sources>)
  endif()
  foreach(folder IN LISTS RUNDOWN_VARIANTS)
    add_variant(${folder} ${more})
  endforeach()
endfunction()
