"""A kind of import contract for `lint-imports`: what a package may import, and nothing else.

import-linter's own contracts forbid by name, so that what nobody thought of passes. Named in
`pyproject.toml` (`contract_types`), used there for each package of the media plane.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class AllowList(Contract):
    """A package imports itself and what `may_import` names, with all that is below it.

    Options:
        package: Whose imports are judged, its subpackages' too.
        may_import: Packages and modules, the standard library's included.
        of: Judge only imports of this package; all others pass. (Optional.)
    """

    type_name = "allow_list"

    package = fields.StringField()
    may_import = fields.SetField(subfield=fields.StringField())
    of = fields.StringField(required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        del verbose
        package = str(self.package)
        if package not in graph.modules:
            raise ValueError(f"there is no package {package} to judge")
        broken = sorted(self._broken(graph, package))
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def _broken(self, graph: ImportGraph, package: str) -> Iterator[tuple[str, str]]:
        allowed = {package, "__future__", *cast("set[str]", self.may_import)}
        for importer in (package, *graph.find_descendants(package)):
            for imported in graph.find_modules_directly_imported_by(importer):
                if self.of and not _is_in(imported, str(self.of)):
                    continue
                if not any(_is_in(imported, each) for each in allowed):
                    yield importer, imported

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported in check.metadata["broken"]:
            output.print_error(f"{importer} must not import {imported}", bold=False)


def _is_in(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")
