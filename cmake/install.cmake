# `cmake --install`: the program, its data, documents.
include(GNUInstallDirs)

set(share ${CMAKE_INSTALL_DATADIR}/el2sim)
install(TARGETS el2sim RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY sim/profiles sim/designs sim/papers sim/fits sim/sweeps DESTINATION ${share}
        FILES_MATCHING PATTERN "*.yaml")
# What designs boot: not the images that only tests do.
install(DIRECTORY ${CMAKE_BINARY_DIR}/guest DESTINATION ${share}
        FILES_MATCHING PATTERN "*.elf" PATTERN "*.bin" PATTERN "*.cpio.gz"
        REGEX "/(check_|tiny_|matrix_|access_matrix|bench|real-|lib-)[^/]*$" EXCLUDE)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}
        FILES_MATCHING PATTERN "*.md" PATTERN "*.svg" PATTERN "man" EXCLUDE)
install(FILES README.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 OPTIONAL FILES_MATCHING PATTERN "*.1")
