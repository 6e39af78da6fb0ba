# Writes OUTPUT, a C file with the SQL of FOLDER/migrations, FOLDER/run_state, FOLDER/batch_record and FOLDER/catalog
# (in the order of their numbers), FOLDER/schema, FOLDER/views, FOLDER/report and FOLDER/api.
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
file(GLOB schema ${FOLDER}/schema/*.sql)
file(GLOB views ${FOLDER}/views/*.sql)
file(GLOB run_state ${FOLDER}/run_state/*.sql)
file(GLOB batch_record ${FOLDER}/batch_record/*.sql)
file(GLOB catalog ${FOLDER}/catalog/*.sql)
file(GLOB report ${FOLDER}/report/*.sql)
list(SORT migrations)
list(SORT views)
list(SORT run_state)
list(SORT batch_record)
list(SORT catalog)
list(SORT report)
file(GLOB api ${FOLDER}/api/*.sql)
list(SORT api)
embed(migration_text "${migrations}")
embed(schema_text "${schema}")
embed(view_text "${views}")
embed(run_state_text "${run_state}")
embed(batch_record_text "${batch_record}")
embed(catalog_text "${catalog}")
embed(report_text "${report}")
embed(api_text "${api}")
file(WRITE ${OUTPUT} "/* Made from sql/ by cmake/embed_sql.cmake. */
#include \"store/sql_text.h\"

const weft_sql_text weft_sql_migrations[] = {
${migration_text}    {0},
};

const weft_sql_text weft_sql_schema[] = {
${schema_text}    {0},
};

const weft_sql_text weft_sql_views[] = {
${view_text}    {0},
};

const weft_sql_text weft_sql_run_state[] = {
${run_state_text}    {0},
};

const weft_sql_text weft_sql_batch_record[] = {
${batch_record_text}    {0},
};

const weft_sql_text weft_sql_catalog[] = {
${catalog_text}    {0},
};

const weft_sql_text weft_sql_report[] = {
${report_text}    {0},
};

const weft_sql_text weft_sql_api[] = {
${api_text}    {0},
};
")
