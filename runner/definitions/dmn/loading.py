"""DMN files in, decisions and findings out; files may import each other by namespace."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from lxml import etree

from runner.definitions.dmn.elements import (
    NAMESPACES,
    children,
    line_of,
    local_name,
    name_of,
    space_of,
)
from runner.definitions.dmn.model import DecisionModel
from runner.definitions.dmn.model_reading import Imports, ModelReader
from runner.definitions.findings import Finding, Severity
from runner.definitions.xml import UnreadableFile, read_xml

MAX_IMPORT_DEPTH = 30
"""How many files may import each other in a row."""


def load_decisions(
    data: bytes, file: str, others: Mapping[str, bytes] | None = None
) -> tuple[DecisionModel, list[Finding]]:
    """The decisions of a DMN file and what is wrong with it. Never raises for what the file holds.

    `others` are the files it may import, by path; what is wrong with those is not told. A decision
    with an error is in the model, so that references to it resolve, but evaluating it raises
    DecisionError.
    """
    return DecisionFiles({**(others or {}), file: data}).load(file)


class DecisionFiles:
    """A set of DMN files, by path, that may import each other. Each is read once."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._roots: dict[str, etree._Element | Finding] = {}
        self._spaces: dict[str, list[str]] | None = None
        self._loaded: dict[str, tuple[DecisionModel, list[Finding]]] = {}
        self._loading: list[str] = []

    def load(self, file: str) -> tuple[DecisionModel, list[Finding]]:
        """The decisions of one of the files and what is wrong with it."""
        if file not in self._loaded:
            self._loading.append(file)
            try:
                self._loaded[file] = self._read(file)
            finally:
                self._loading.pop()
        return self._loaded[file]

    def _read(self, file: str) -> tuple[DecisionModel, list[Finding]]:
        root = self._root(file)
        if isinstance(root, Finding):
            return DecisionModel(), [root]
        findings: list[Finding] = []
        imports = self._imports(root, file, findings)
        return ModelReader(root, file, imports, findings).read(), findings

    def _root(self, file: str) -> etree._Element | Finding:
        """The file's root element, or what keeps it from being read."""
        if file not in self._roots:
            try:
                root = read_xml(self._files[file], file)
            except UnreadableFile as unreadable:
                self._roots[file] = unreadable.finding
            else:
                is_dmn = local_name(root) == "definitions" and space_of(root) in NAMESPACES
                self._roots[file] = root if is_dmn else _not_dmn(root, file)
        return self._roots[file]

    def _imports(self, root: etree._Element, file: str, findings: list[Finding]) -> Imports:
        models: dict[str, DecisionModel] = {}
        names: dict[str, str] = {}
        missing: set[str] = set()
        for element in children(root, "import"):
            space, name = element.get("namespace") or "", name_of(element)
            problem = self._problem(element, file, space, name, names)
            if problem is not None:
                severity, rule, zh, en = problem
                missing.add(space)
                findings.append(
                    Finding(
                        file=file,
                        rule=rule,
                        severity=severity,
                        zh=zh,
                        en=en,
                        element_id=element.get("id") or space,
                        element_name=name,
                        line=line_of(element),
                    )
                )
                continue
            models[space] = self.load(self._candidates(element, file)[0])[0]
            names[space] = name
        return Imports(models, names, frozenset(missing))

    def _problem(
        self,
        element: etree._Element,
        file: str,
        space: str,
        name: str,
        names: Mapping[str, str],
    ) -> tuple[Severity, str, str, str] | None:
        """Why the import cannot be followed: severity, rule and both sentences."""
        kind = (element.get("importType") or "").strip()
        if kind not in NAMESPACES and f"{kind}/" not in NAMESPACES:
            return (
                "warning",
                "import_unsupported",
                f"引入的“{space}”是“{kind}”类型的文件，只支持 DMN，因此不使用它。",
                f'The import of "{space}" is of the kind "{kind}"; only DMN is understood, so it'
                " is not used.",
            )
        if space in names or (name and name in names.values()):
            return (
                "error",
                "import_twice",
                f"“{name or space}”引入了两次。",
                f'"{name or space}" is imported twice.',
            )
        found = self._candidates(element, file)
        if len(found) != 1:
            if not found:
                zh = f"没有命名空间为“{space}”的 DMN 文件。"
                return "error", "import_missing", zh, f'No DMN file has the namespace "{space}".'
            return (
                "error",
                "import_ambiguous",
                f"命名空间“{space}”属于几个文件：{'、'.join(found)}。请用 locationURI 指明。",
                f'Several files have the namespace "{space}": {", ".join(found)}. Say which with'
                " locationURI.",
            )
        if found[0] in self._loading or len(self._loading) > MAX_IMPORT_DEPTH:
            chain = " → ".join([*self._loading[-4:], found[0]])
            return (
                "error",
                "import_circle",
                f"文件最终引入它自己，或引入的层数超过 {MAX_IMPORT_DEPTH}：{chain}。",
                f"The file ends up importing itself, or more than {MAX_IMPORT_DEPTH} files import"
                f" each other in a row: {chain}.",
            )
        return None

    def _candidates(self, element: etree._Element, file: str) -> list[str]:
        """The files that the import may mean; its location decides between several."""
        if self._spaces is None:
            self._spaces = {}
            for path in self._files:
                root = self._root(path)
                if not isinstance(root, Finding):
                    self._spaces.setdefault(root.get("namespace") or "", []).append(path)
        found = [
            path for path in self._spaces.get(element.get("namespace") or "", ()) if path != file
        ]
        location = PurePosixPath(element.get("locationURI") or "").name
        chosen = [path for path in found if PurePosixPath(path).name == location]
        return chosen or found


def _not_dmn(root: etree._Element, file: str) -> Finding:
    space = space_of(root)
    return Finding(
        file=file,
        rule="not_dmn",
        severity="error",
        zh=f"这不是 DMN 1.1 至 1.5 的文件：根元素是“{local_name(root)}”，命名空间是“{space}”。",
        en=f'This is no DMN file of version 1.1 to 1.5: its root is "{local_name(root)}" of the'
        f' namespace "{space}".',
        line=line_of(root),
    )
