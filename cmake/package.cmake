# SPDX-License-Identifier: Apache-2.0
# Packages for Debian, made by `./build.sh package`: one a component. Their descriptions name the versions of the formats
# that they read and write, so that a corpus or a report can be matched with a suite.
file(STRINGS ${PROJECT_SOURCE_DIR}/fuzz/program/program.h line REGEX "PROGRAM_VERSION = [0-9]+")
string(REGEX REPLACE ".*= ([0-9]+).*" "\\1" corpus_format "${line}")
file(STRINGS ${PROJECT_SOURCE_DIR}/docs/report.schema.json line REGEX "\"version\": *{ *\"const\": *[0-9]+")
string(REGEX REPLACE ".*\"const\": *([0-9]+).*" "\\1" report_format "${line}")
if(corpus_format STREQUAL "" OR report_format STREQUAL "")
  message(FATAL_ERROR "the versions of the formats are not where this file looks for them")
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME rundown)
set(CPACK_PACKAGE_CONTACT "The Rundown developers <rundown@example.org>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
# A finding names functions and lines, for which rundown reads its own debug information.
set(CPACK_STRIP_FILES OFF)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL library devel ntdsbsrvd rundown)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME libntdsbcli0)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_COMPONENT_LIBRARY_DESCRIPTION "client library of the directory backup API
 The 28 functions of ntdsbcli.h, DsBackupPrepare to DsRestoreEnd, as a shared
 library.")

set(CPACK_DEBIAN_DEVEL_PACKAGE_NAME libntdsbcli-dev)
set(CPACK_DEBIAN_DEVEL_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVEL_PACKAGE_DEPENDS "libntdsbcli0 (= ${PROJECT_VERSION})")
set(CPACK_COMPONENT_DEVEL_DESCRIPTION "headers and static library of the directory backup API
 What is needed to build programs with ntdsbcli.h.")

set(CPACK_DEBIAN_NTDSBSRVD_PACKAGE_NAME ntdsbsrvd)
set(CPACK_DEBIAN_NTDSBSRVD_PACKAGE_SECTION net)
set(CPACK_DEBIAN_NTDSBSRVD_PACKAGE_CONTROL_EXTRA
  "${PROJECT_SOURCE_DIR}/target/install/postinst;${PROJECT_SOURCE_DIR}/target/install/prerm;${PROJECT_SOURCE_DIR}/target/install/postrm")
set(CPACK_COMPONENT_NTDSBSRVD_DESCRIPTION "directory backup service, and the tool dsbackup
 A server of the directory backup API, and a tool that makes, checks and
 restores backups with it.")

set(CPACK_DEBIAN_RUNDOWN_PACKAGE_NAME rundown)
set(CPACK_DEBIAN_RUNDOWN_PACKAGE_SECTION devel)
set(CPACK_COMPONENT_RUNDOWN_DESCRIPTION "fault injection and fuzzing of the directory backup API
 Runs programs of API calls against the reference implementation on a
 simulated world, breaks every fault point in every way, and judges each
 answer. The corpus is in /usr/share/rundown.
 .
 Format of programs: ${corpus_format}. Format of reports: ${report_format}.")
include(CPack)
