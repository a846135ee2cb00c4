# SPDX-License-Identifier: Apache-2.0
# A part of the house is a folder with one idea and one static library. docs/architecture.md draws who may know
# whom; each part says it here, and tests/repository/parts.sh links each part with those alone.

# rundown_knows(NAME [KNOWS PART...] [TARGET FOLDER...] [HEADERS FILE...]): what NAME, of this folder, may know: these parts
# and all that they know; the target, by headers of these folders of target/; and a header of a part that it may not call.
function(rundown_knows name)
  cmake_parse_arguments(part "" "ARCHIVE" "KNOWS;TARGET;HEADERS;ONLY" ${ARGN})
  file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  foreach(list KNOWS TARGET HEADERS ONLY)
    list(JOIN part_${list} " " part_${list})
  endforeach()
  set_property(GLOBAL APPEND_STRING PROPERTY RUNDOWN_PARTS
    "${name}|${folder}|${part_ARCHIVE}|${part_KNOWS}|${part_TARGET}|${part_HEADERS}|${part_ONLY}\n")
endfunction()

# What tests/repository/parts.sh reads.
function(rundown_write_parts)
  get_property(parts GLOBAL PROPERTY RUNDOWN_PARTS)
  file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/parts.txt CONTENT "${parts}")
endfunction()

# rundown_part(NAME [KNOWS PART...] [TARGET FOLDER...] [HEADERS FILE...] [LEAVES FILE...] [ONLY FILE...] [SHARES FILE...]): all C
# of this folder but LEAVES, which belong to programs or to another part; or ONLY these files. SHARES hand variables or texts
# of their own to the target: AddressSanitizer guards these in each flavour that has it. The rest is as above.
function(rundown_part name)
  cmake_parse_arguments(part "" "" "KNOWS;TARGET;HEADERS;LEAVES;ONLY;SHARES" ${ARGN})
  rundown_knows(${name} ARCHIVE $<TARGET_FILE:${name}> KNOWS ${part_KNOWS} TARGET ${part_TARGET} HEADERS ${part_HEADERS}
    ONLY ${part_ONLY})
  if(part_ONLY)
    set(sources ${part_ONLY})
  else()
    file(GLOB sources CONFIGURE_DEPENDS *.c)
  endif()
  foreach(file IN LISTS part_LEAVES)
    list(REMOVE_ITEM sources ${CMAKE_CURRENT_SOURCE_DIR}/${file})
  endforeach()
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
  target_link_libraries(${name} PUBLIC ${part_KNOWS} PRIVATE rundown_warnings rundown_judges)
  set_property(SOURCE ${part_SHARES} APPEND PROPERTY COMPILE_OPTIONS ${RUNDOWN_SHARED_FLAGS})
endfunction()

# target_options(NAME TREE): how the objects of a target are compiled; TREE is target/, or a changed copy of it.
function(target_options name tree)
  target_link_libraries(${name} PRIVATE rundown_warnings rundown_instrumented)
  target_include_directories(${name} PRIVATE ${tree}/include)
  # Every caller stays on the stack, every function in one piece, no two calls become one, and no call goes through a
  # pointer of the compiler's own (-fplt): a report, and the name of a fault point, says who called.
  target_compile_options(${name} PRIVATE -fno-optimize-sibling-calls -fplt
    $<$<C_COMPILER_ID:GNU>:-fno-reorder-blocks-and-partition -fno-crossjumping -fno-tree-tail-merge>
    "$<$<C_COMPILER_ID:Clang>:SHELL:-mllvm -simplifycfg-sink-common=false -mllvm -enable-tail-merge=false>")
endfunction()
