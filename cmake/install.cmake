# cmake --install: the program, what it says of itself (make_manual.cmake), examples, documents, licence. Nothing in them
# knows where they are installed.
include(GNUInstallDirs)
install(TARGETS weft RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
if(weft_is_lazy)
  install(TARGETS weft-rasters weft-server LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/weft)
endif()
# Asked for by name, and in no package: who has no MPI is not to be given one. cmake --install build --component mpi
if(TARGET weft_mpi)
  install(TARGETS weft_mpi LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/weft COMPONENT mpi EXCLUDE_FROM_ALL)
endif()
install(DIRECTORY ${PROJECT_BINARY_DIR}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${PROJECT_BINARY_DIR}/completions/weft DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${PROJECT_BINARY_DIR}/completions/_weft DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES ${PROJECT_BINARY_DIR}/completions/weft.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(FILES ${PROJECT_BINARY_DIR}/weft.schema.json ${PROJECT_BINARY_DIR}/weft-batch.schema.json
    DESTINATION ${CMAKE_INSTALL_DATADIR}/weft)
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs examples DESTINATION ${CMAKE_INSTALL_DOCDIR}
    FILES_MATCHING PATTERN "*.md" PATTERN "*.json" PATTERN "*.svg" PATTERN "*.png" PATTERN "*.yml" PATTERN "*.yaml"
    PATTERN "*.sbatch" PATTERN "*.sh" PATTERN "*.tif"
    PATTERN "*.py" PATTERN "*.R" PATTERN "*.sql")
