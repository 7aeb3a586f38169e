"""Rules of sellers and operators: suites in great-expectations' own JSON, run on tables.

``reading`` and ``suite`` know a suite, ``wording`` says it, ``results`` and ``exporting`` hold what came of
it; these are light. The rest runs in the sandboxed child: rules of the common types are counted in the
pass over the table (``counting``), the others by great-expectations and DuckDB on a staged copy (``outside``).
"""
