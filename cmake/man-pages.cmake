# SPDX-License-Identifier: Apache-2.0
# Manual pages whose options are those of --help: the source, such as docs/dsbackup.1.in, is prose in mdoc(7); its line @HELP@
# becomes what `PROGRAM --help-man` prints: the sections COMMANDS and OPTIONS, made of the program's own table. The page is
# build/FLAVOUR/man/PROGRAM.SECTION. tests/repository/man_pages.sh holds every page against --help.
#
#     include(cmake/man-pages.cmake)
#     rundown_man_page(PROGRAM SECTION COMPONENT)     # PROGRAM: a target; built with it, installed with that component

if(CMAKE_SCRIPT_MODE_FILE)
  cmake_minimum_required(VERSION 3.25)
  execute_process(COMMAND ${PROGRAM} --help-man OUTPUT_VARIABLE help COMMAND_ERROR_IS_FATAL ANY)
  file(READ ${PAGE} page)
  string(REGEX REPLACE "\n$" "" help "${help}")
  string(REPLACE "@HELP@" "${help}" page "${page}")
  file(WRITE ${OUT} "${page}")
  return()
endif()

set(RUNDOWN_MAN_PAGES ${CMAKE_CURRENT_LIST_FILE})

function(rundown_man_page program section component)
  set(page ${PROJECT_SOURCE_DIR}/docs/${program}.${section}.in)
  set(out ${CMAKE_BINARY_DIR}/man/${program}.${section})
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DPROGRAM=$<TARGET_FILE:${program}> -DPAGE=${page} -DOUT=${out}
            -P ${RUNDOWN_MAN_PAGES}
    DEPENDS ${program} ${page} ${RUNDOWN_MAN_PAGES} VERBATIM)
  add_custom_target(man_${program} ALL DEPENDS ${out})
  install(FILES ${out} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section} COMPONENT ${component})
endfunction()
