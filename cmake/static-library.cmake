# SPDX-License-Identifier: Apache-2.0
# Makes libntdsbcli.a: one object with the client and what it needs of the runtime, in which only the
# names of the version script are global, so a static user meets none of our internal names.
file(READ ${MAP} map)
string(REGEX MATCHALL "Ds[A-Za-z]+" names "${map}")
string(REPLACE ";" "\n" names "${names}")
file(WRITE ${OUT}.names "${names}\n")

foreach(command
    "${LD};-r;-o;${OUT}.o;--whole-archive;${CLIENT};--no-whole-archive;--start-group;${SUPPORT};--end-group"
    "${OBJCOPY};--keep-global-symbols=${OUT}.names;${OUT}.o"
    "${CMAKE_COMMAND};-E;rm;-f;${OUT}"
    "${AR};rcs;${OUT};${OUT}.o")
  execute_process(COMMAND ${command} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
