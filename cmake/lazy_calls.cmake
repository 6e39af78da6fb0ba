# Writes OUTPUT, assembly for x86-64: a function for each one of LIBRARIES, and of SERVER_LIBRARIES, that ARCHIVES call. It jumps to the library's own,
# which it asks weft_lazy_find() for the first time.
# cmake -DNM=nm -DARCHIVES="a.a;b.a" -DLIBRARIES="libgdal.so;.." -DSERVER_LIBRARIES=libmicrohttpd.so -DOUTPUT=lazy_calls.S -P lazy_calls.cmake
function(find_offered out)
  set(offered "")
  foreach(library IN LISTS ARGN)
    execute_process(COMMAND ${NM} -D --defined-only ${library} OUTPUT_VARIABLE lines COMMAND_ERROR_IS_FATAL ANY)
    string(REGEX MATCHALL " T [A-Za-z][A-Za-z0-9_]*" names "${lines}")
    list(APPEND offered ${names})
  endforeach()
  list(TRANSFORM offered REPLACE "^ T " "")
  set(${out} "${offered}" PARENT_SCOPE)
endfunction()
find_offered(offered ${LIBRARIES})
find_offered(served ${SERVER_LIBRARIES})
set(wanted "")
foreach(archive IN LISTS ARCHIVES)
  execute_process(COMMAND ${NM} -u ${archive} OUTPUT_VARIABLE lines ERROR_QUIET COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL " U [A-Za-z][A-Za-z0-9_]*" names "${lines}")
  list(APPEND wanted ${names})
endforeach()
list(TRANSFORM wanted REPLACE "^ U " "")
list(REMOVE_DUPLICATES wanted)
list(SORT wanted)
# What both have, by marking with the module's number: a search in the list for each would take long.
foreach(name IN LISTS served)
  set(module_of_${name} 1)
endforeach()
foreach(name IN LISTS offered)
  set(module_of_${name} 0)
endforeach()

set(stubs "")
set(slots "")
set(names "")
set(number 0)
foreach(name IN LISTS wanted)
  if(NOT DEFINED module_of_${name})
    continue()
  endif()
  string(APPEND stubs "    .globl ${name}\n    .hidden ${name}\n    .type ${name}, @function\n${name}:\n"
                      "    jmp *weft_lazy_slots+8*${number}(%rip)\n.Lfind${number}:\n    pushq $${number}\n    jmp .Lfind\n")
  string(APPEND slots "    .quad .Lfind${number}\n")
  string(APPEND names "    .asciz \"${module_of_${name}}${name}\"\n")
  math(EXPR number "${number} + 1")
endforeach()
if(number EQUAL 0)
  message(FATAL_ERROR "nothing of ${LIBRARIES} is called")
endif()
file(WRITE ${OUTPUT} "/* Made by cmake/lazy_calls.cmake. */
    .text
/* The function's number lies on the stack, above it where it returns to. All that arguments may be in is kept: six
 * registers, rax (how many floats) and eight registers of floats. The stack is a multiple of 16 at the call. */
.Lfind:
    pushq %rdi
    pushq %rsi
    pushq %rdx
    pushq %rcx
    pushq %r8
    pushq %r9
    pushq %rax
    subq $136, %rsp
    movups %xmm0, (%rsp)
    movups %xmm1, 16(%rsp)
    movups %xmm2, 32(%rsp)
    movups %xmm3, 48(%rsp)
    movups %xmm4, 64(%rsp)
    movups %xmm5, 80(%rsp)
    movups %xmm6, 96(%rsp)
    movups %xmm7, 112(%rsp)
    movq 192(%rsp), %rdi
    call weft_lazy_find
    movq %rax, %r11
    movups (%rsp), %xmm0
    movups 16(%rsp), %xmm1
    movups 32(%rsp), %xmm2
    movups 48(%rsp), %xmm3
    movups 64(%rsp), %xmm4
    movups 80(%rsp), %xmm5
    movups 96(%rsp), %xmm6
    movups 112(%rsp), %xmm7
    addq $136, %rsp
    popq %rax
    popq %r9
    popq %r8
    popq %rcx
    popq %rdx
    popq %rsi
    popq %rdi
    addq $8, %rsp
    jmp *%r11
${stubs}
    .data
    .balign 8
    .globl weft_lazy_slots
    .hidden weft_lazy_slots
weft_lazy_slots:
${slots}
    .section .rodata
    .globl weft_lazy_names
    .hidden weft_lazy_names
weft_lazy_names:
${names}
    .section .note.GNU-stack, \"\", @progbits
")
