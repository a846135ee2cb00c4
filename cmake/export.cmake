# SPDX-License-Identifier: Apache-2.0
# What other projects use by find_package(Rundown): libraries, as Rundown::NAME here as there, and the functions
# rundown_add_world(), rundown_add_scenarios() and rundown_add_suite().
set(RUNDOWN_WORLD_DIR ${CMAKE_INSTALL_DATADIR}/rundown/world)
set(RUNDOWN_CONFIG_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/Rundown)

# rundown_install(NAME...): these are among them.
function(rundown_install)
  foreach(name IN LISTS ARGN)
    add_library(Rundown::${name} ALIAS ${name})
    if(RUNDOWN_ENGINE STREQUAL "none")
      install(TARGETS ${name} EXPORT Rundown COMPONENT suite ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}/rundown
        OBJECTS DESTINATION ${CMAKE_INSTALL_LIBDIR}/rundown)
    endif()
  endforeach()
endfunction()

# After all of them.
function(rundown_install_package)
  include(CMakePackageConfigHelpers)
  configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/RundownConfig.cmake.in ${CMAKE_BINARY_DIR}/RundownConfig.cmake
    INSTALL_DESTINATION ${RUNDOWN_CONFIG_DIR} PATH_VARS RUNDOWN_WORLD_DIR)
  write_basic_package_version_file(${CMAKE_BINARY_DIR}/RundownConfigVersion.cmake COMPATIBILITY SameMinorVersion)
  install(FILES ${CMAKE_BINARY_DIR}/RundownConfig.cmake ${CMAKE_BINARY_DIR}/RundownConfigVersion.cmake
    DESTINATION ${RUNDOWN_CONFIG_DIR} COMPONENT suite)
  install(EXPORT Rundown NAMESPACE Rundown:: FILE RundownTargets.cmake DESTINATION ${RUNDOWN_CONFIG_DIR} COMPONENT suite)
endfunction()
