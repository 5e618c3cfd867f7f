# The libraries we use, all Debian packages (scripts/deps.sh installs them).
find_package(PkgConfig REQUIRED)

pkg_check_modules(UNICORN REQUIRED IMPORTED_TARGET unicorn)
if(UNICORN_VERSION VERSION_LESS 2.1.1)
    message(FATAL_ERROR "Unicorn ${UNICORN_VERSION} found, >= 2.1.1 needed: older ones have no TLB-fill hook "
                        "(docs/engine.md). On Debian 12, scripts/deps.sh run takes it from Debian 13.")
endif()
pkg_check_modules(CAPSTONE REQUIRED IMPORTED_TARGET capstone)
if(CAPSTONE_VERSION VERSION_LESS 5.0)
    message(FATAL_ERROR "Capstone ${CAPSTONE_VERSION} found, >= 5.0 needed: older ones lack LSE. "
                        "On Debian 12, scripts/deps.sh run takes it from Debian 13.")
endif()
pkg_check_modules(LIBELF REQUIRED IMPORTED_TARGET libelf)
pkg_check_modules(LIBDW REQUIRED IMPORTED_TARGET libdw)
pkg_check_modules(NCURSES REQUIRED IMPORTED_TARGET ncurses)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
pkg_check_modules(CYAML REQUIRED IMPORTED_TARGET libcyaml)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(NETTLE REQUIRED IMPORTED_TARGET nettle)
pkg_check_modules(NLOPT REQUIRED IMPORTED_TARGET nlopt)
# The host's network is optional: without libslirp, --net slirp says so.
# (Not by pkg-config, which would want glib's headers, too.)
find_library(SLIRP_LIBRARY slirp)
find_path(SLIRP_INCLUDE_DIR slirp/libslirp.h)
if(SLIRP_LIBRARY AND SLIRP_INCLUDE_DIR)
    set(NET_SLIRP_SOURCE net_slirp.c)
    set(NET_SLIRP_LIBRARY ${SLIRP_LIBRARY})
else()
    set(NET_SLIRP_SOURCE net_slirp_absent.c)
    set(NET_SLIRP_LIBRARY "")
endif()
# The window is optional, too: SDL2, and a console font to make its characters of.
option(EL2SIM_SDL "Build the window of `el2sim run --window` where SDL2 is found" ON)
set(WINDOW_SOURCE window_absent.c)
find_file(WINDOW_FONT Unifont-APL8x16.psf.gz PATHS /usr/share/consolefonts)
pkg_check_modules(SDL IMPORTED_TARGET sdl2>=2.0.18)
if(EL2SIM_SDL AND SDL_FOUND AND WINDOW_FONT)
    set(WINDOW_SOURCE window_sdl.c)
endif()
find_library(FDT_LIBRARY fdt REQUIRED)
find_path(FDT_INCLUDE_DIR libfdt.h REQUIRED)

# Tests are built wherever Check is installed; test.sh installs it.
pkg_check_modules(CHECK IMPORTED_TARGET check)
option(EL2SIM_TESTS "Build the tests (needs Check)" ${CHECK_FOUND})

# The modules that tests import are Debian packages: of Debian's own interpreter, whatever else is on the path.
if(NOT DEFINED Python3_EXECUTABLE AND EXISTS /usr/bin/python3)
    set(Python3_EXECUTABLE /usr/bin/python3)
endif()
