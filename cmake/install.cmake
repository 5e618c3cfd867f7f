# `cmake --install`: the program and its data, the library and how others find it, documents.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(share ${CMAKE_INSTALL_DATADIR}/el2sim)
install(TARGETS el2sim RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY sim/profiles sim/designs sim/papers sim/fits sim/sweeps DESTINATION ${share}
        FILES_MATCHING PATTERN "*.yaml")
install(DIRECTORY labs DESTINATION ${share})
# What designs boot: not the images that only tests do.
install(DIRECTORY ${CMAKE_BINARY_DIR}/guest DESTINATION ${share}
        FILES_MATCHING PATTERN "*.elf" PATTERN "*.bin" PATTERN "*.cpio.gz"
        REGEX "/(check_|tiny_|matrix_|access_matrix|bench|real-|lib-)[^/]*$" EXCLUDE)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}
        FILES_MATCHING PATTERN "*.md" PATTERN "*.png" PATTERN "*.svg")
install(FILES README.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

# The library: shared (el2sim::el2sim) and static (el2sim::el2sim_static).
install(TARGETS libel2sim LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES $<TARGET_FILE_DIR:libel2sim>/libel2sim.a DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/el2sim DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/el2sim)
configure_package_config_file(cmake/el2simConfig.cmake.in ${CMAKE_BINARY_DIR}/el2simConfig.cmake
    INSTALL_DESTINATION ${package} PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/el2simConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/el2simConfig.cmake ${CMAKE_BINARY_DIR}/el2simConfigVersion.cmake
        DESTINATION ${package})
cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX BASE_DIRECTORY ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig
           OUTPUT_VARIABLE EL2_PC_TO_PREFIX)
list(TRANSFORM EL2_LIBRARY_NEEDS PREPEND -l OUTPUT_VARIABLE EL2_PC_NEEDS)
list(JOIN EL2_PC_NEEDS " " EL2_PC_NEEDS)
configure_file(cmake/el2sim.pc.in ${CMAKE_BINARY_DIR}/el2sim.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/el2sim.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
