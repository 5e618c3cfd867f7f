# cmake -DOUT=x.c -DFILES="a;b" -P embed.cmake: text files as one C file of byte arrays, each ended by a NUL, and a table
# of them by file name without suffix (sim/report/html_assets.h).
set(arrays "")
set(table "")
foreach(file IN LISTS FILES)
    get_filename_component(name ${file} NAME_WE)
    file(READ ${file} hex HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${hex}")
    string(APPEND arrays "static const char asset_${name}[] = {${bytes}0};\n")
    string(APPEND table "    {\"${name}\", asset_${name}},\n")
endforeach()
file(WRITE ${OUT} "#include \"sim/report/html_assets.h\"\n\n${arrays}\n"
     "const struct html_asset html_assets[] = {\n${table}    {0, 0},\n};\n")
