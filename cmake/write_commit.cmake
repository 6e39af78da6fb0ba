# Writes a header with the commit that is built: of git, where the source is a clone, else of what git archive wrote into
# commit.txt. It is written anew only where the commit is another one.
# usage: cmake -DSOURCE=FOLDER -DTO=HEADER -P write_commit.cmake
set(commit "")
if(EXISTS ${SOURCE}/.git)
  execute_process(COMMAND git -C ${SOURCE} describe --always --dirty --abbrev=12 --exclude=*
      OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
else()
  file(STRINGS ${SOURCE}/cmake/commit.txt written LIMIT_COUNT 1)
  string(REGEX MATCH "^[0-9a-f]+" commit "${written}")
  string(SUBSTRING "${commit}" 0 12 commit)
endif()
set(text "/* Made by cmake/write_commit.cmake. */\n#define WEFT_COMMIT \"${commit}\" /* \"\": not known */\n")
if(EXISTS ${TO})
  file(READ ${TO} there)
endif()
if(NOT "${there}" STREQUAL "${text}")
  file(WRITE ${TO} "${text}")
endif()
