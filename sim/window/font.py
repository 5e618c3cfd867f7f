#!/usr/bin/env python3
"""Printable ASCII of a console font (PSF, gzip'd), 8x16, as a C table.   usage: font.py FONT.psf.gz OUT.h"""
import gzip
import struct
import sys

PSF1, PSF2 = b"\x36\x04", b"\x72\xb5\x4a\x86"
FIRST, LAST, ROWS = 0x20, 0x7e, 16


def glyphs(data):
    """The bytes of glyph n, for fonts of both formats that have ASCII in its own places."""
    if data.startswith(PSF1):
        start, size = 4, data[3]
    elif data.startswith(PSF2):
        start, _, _, size, rows, columns = struct.unpack_from("<6I", data, 8)
        if (rows, columns) != (ROWS, 8):
            sys.exit(f"{sys.argv[1]}: glyphs of {columns}x{rows}, 8x16 are needed")
    else:
        sys.exit(f"{sys.argv[1]}: no PSF console font")
    if size != ROWS:
        sys.exit(f"{sys.argv[1]}: glyphs of {size} bytes, {ROWS} are needed")
    return lambda n: data[start + n * size:start + (n + 1) * size]


def main():
    glyph = glyphs(gzip.open(sys.argv[1]).read())
    with open(sys.argv[2], "w", encoding="ascii") as out:
        out.write("/* Made by sim/window/font.py: rows of a glyph, the leftmost pixel in bit 7. */\n")
        for n in range(FIRST, LAST + 1):
            out.write("{" + ", ".join(f"0x{b:02x}" for b in glyph(n)) + f"}}, /* {chr(n)!r} */\n")


main()
