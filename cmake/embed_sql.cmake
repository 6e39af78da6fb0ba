# Writes OUTPUT, a C file with the SQL of FOLDER/migrations (in the order of their numbers) and FOLDER/views.
# cmake -DFOLDER=sql -DOUTPUT=sql_text.c -P embed_sql.cmake
function(embed variable files)
  set(text "")
  foreach(file IN LISTS files)
    file(READ ${file} sql)
    string(REPLACE "\\" "\\\\" sql "${sql}")
    string(REPLACE "\"" "\\\"" sql "${sql}")
    string(REPLACE "\n" "\\n\"\n    \"" sql "${sql}")
    get_filename_component(name ${file} NAME_WE)
    string(APPEND text "    {\"${name}\",\n    \"${sql}\"},\n")
  endforeach()
  set(${variable} "${text}" PARENT_SCOPE)
endfunction()

file(GLOB migrations ${FOLDER}/migrations/*.sql)
file(GLOB views ${FOLDER}/views/*.sql)
list(SORT migrations)
list(SORT views)
embed(migration_text "${migrations}")
embed(view_text "${views}")
file(WRITE ${OUTPUT} "/* Made from sql/ by cmake/embed_sql.cmake. */
#include \"store/sql_text.h\"

const weft_sql_text weft_sql_migrations[] = {
${migration_text}    {0},
};

const weft_sql_text weft_sql_views[] = {
${view_text}    {0},
};
")
