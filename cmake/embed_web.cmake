# Writes OUTPUT, a C file with the files that the live page is made of: FOLDER/page.html is "/", others go by their names.
# cmake -DFOLDER=web -DOUTPUT=web_files.c -P embed_web.cmake
set(files page.html page.css page.js chart.js vendor/uPlot.iife.min.js vendor/uPlot.min.css)
set(arrays "")
set(list "")
set(number 0)
foreach(file IN LISTS files)
  file(READ ${FOLDER}/${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  get_filename_component(name ${file} NAME)
  set(path "/${name}")
  if(name STREQUAL page.html)
    set(path "/")
  endif()
  if(name MATCHES "\\.html$")
    set(type "text/html; charset=utf-8")
  elseif(name MATCHES "\\.css$")
    set(type "text/css; charset=utf-8")
  else()
    set(type "text/javascript; charset=utf-8")
  endif()
  string(APPEND arrays "static const unsigned char file_${number}[] = {${bytes}};\n")
  string(APPEND list "    {\"${path}\", \"${type}\", file_${number}, sizeof file_${number}},\n")
  math(EXPR number "${number} + 1")
endforeach()
file(WRITE ${OUTPUT} "/* Made from web/ by cmake/embed_web.cmake. */
#include \"server/web_file.h\"

${arrays}
const weft_web_file weft_web_files[] = {
${list}    {0},
};
")
