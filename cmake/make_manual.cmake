# What the program says of itself, as files to install: pages of the manual, completions, the JSON Schema.
# usage: cmake -DWEFT=PROGRAM -DTO=FOLDER -P make_manual.cmake
function(write_said file)
  execute_process(COMMAND ${WEFT} ${ARGN} OUTPUT_FILE ${TO}/${file} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE ${TO}/man ${TO}/completions)
file(MAKE_DIRECTORY ${TO}/man ${TO}/completions)
write_said(man/weft.1 help --format man)
# weft(1) names the pages of all commands.
file(STRINGS ${TO}/man/weft.1 named REGEX "^[.]BR weft.-[a-z-]+ [(]1[)]$")
foreach(line IN LISTS named)
  string(REGEX REPLACE "^[.]BR weft.-([a-z-]+) .*" "\\1" command "${line}")
  write_said(man/weft-${command}.1 help ${command} --format man)
endforeach()
write_said(completions/weft completion bash)
write_said(completions/_weft completion zsh)
write_said(completions/weft.fish completion fish)
write_said(weft.schema.json schema)
write_said(weft-batch.schema.json schema --batch)
