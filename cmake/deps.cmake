# The libraries we use, all Debian packages (scripts/deps.sh installs them).
find_package(PkgConfig REQUIRED)

pkg_check_modules(UNICORN REQUIRED IMPORTED_TARGET unicorn)
if(UNICORN_VERSION VERSION_LESS 2.1.1)
    message(FATAL_ERROR "Unicorn ${UNICORN_VERSION} found, >= 2.1.1 needed: older ones have no TLB-fill hook "
                        "(docs/engine.md). On Debian 12, scripts/deps.sh run takes it from Debian 13.")
endif()
pkg_check_modules(LIBELF REQUIRED IMPORTED_TARGET libelf)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
pkg_check_modules(CYAML REQUIRED IMPORTED_TARGET libcyaml)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(NETTLE REQUIRED IMPORTED_TARGET nettle)
# The host's network is optional: without libslirp, --net slirp says so.
pkg_check_modules(SLIRP IMPORTED_TARGET slirp)
if(SLIRP_FOUND)
    set(NET_SLIRP_SOURCE net_slirp.c)
    set(NET_SLIRP_LIBRARY PkgConfig::SLIRP)
else()
    set(NET_SLIRP_SOURCE net_slirp_absent.c)
endif()
find_library(FDT_LIBRARY fdt REQUIRED)
find_path(FDT_INCLUDE_DIR libfdt.h REQUIRED)

# Tests are built wherever Check is installed; test.sh installs it.
pkg_check_modules(CHECK IMPORTED_TARGET check)
option(EL2SIM_TESTS "Build the tests (needs Check)" ${CHECK_FOUND})
