"""What holds a running program inside its own process: restricted code, guards, budgets and answers.

Decisions that the rest relies on:
- The values of a program are of a dozen exact types (see `guards`); no attribute of any value is ever read, and the
  bytecode is searched for instructions that could (see `restrict`).
- Event, facts and constants cannot be changed, only collections that the run made itself (see `ownership`). So clauses
  cannot influence each other, and constants need not be built again for every event.
- Sets are looped over in sorted order: the same event gives the same answer in every process.
- Steps are counted per clause, once per loop and not per turn; C code pays by length. The same program on the same
  event always stops at the same place (see `budget`).
- NaN never arises: every comparison with it is false, and a limit would not bite.
- Monty runs these very sources, too (see `monty/prelude.py`), and has less of Python: no inheritance, no `del`, few
  modules. The tests of Monty say when a line here is beyond it.
This is not a boundary. The sandbox is.
"""
