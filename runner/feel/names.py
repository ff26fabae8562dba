"""Which variables an expression reads, found without evaluating it."""

from __future__ import annotations

from dataclasses import fields

from runner.feel import nodes as n


class NameFinder:
    """Collects the free paths of an expression.

    `certain` are paths certainly read from the scope; `possible` are names inside a filter, which
    are a key of the items if the items have it, else a variable of the scope. `functions` are the
    names called as functions.
    """

    def __init__(self) -> None:
        self.certain: set[str] = set()
        self.possible: set[str] = set()
        self.functions: set[str] = set()

    def visit(self, node: n.Node | None, local: frozenset[str], filtered: bool = False) -> None:
        """Look through the node; `local` names are bound around it."""
        match node:
            case None | n.Literal() | n.Type():
                return
            case n.Name() | n.Path():
                self._path(node, local, filtered)
            case n.Filter(target=target, condition=condition):
                self.visit(target, local, filtered)
                self.visit(condition, local | {"item"}, True)
            case n.Call(function=function, arguments=arguments):
                if isinstance(function, n.Name):
                    if function.name not in local:
                        self.functions.add(function.name)
                else:
                    self.visit(function, local, filtered)
                for argument in arguments:
                    self.visit(argument, local, filtered)
            case n.For(iterators=iterators, body=body):
                inner = self._iterators(iterators, local, filtered)
                self.visit(body, inner | {"partial"}, filtered)
            case n.Quantified(iterators=iterators, body=body):
                self.visit(body, self._iterators(iterators, local, filtered), filtered)
            case n.FunctionDefinition(parameters=parameters, body=body):
                self.visit(body, local | {name for name, _ in parameters}, filtered)
            case n.ContextLiteral(entries=entries):
                every = local.union(key for key, _ in entries)
                for key, value in entries:
                    later = isinstance(value, n.FunctionDefinition)  # called when all are there
                    self.visit(value, every if later else local, filtered)
                    local = local | {key}
            case n.Arithmetic(first=first, rest=rest):
                for part in (first, *(right for _, right in rest)):
                    self.visit(part, local, filtered)
            case _:
                self._children(node, local, filtered)

    def _children(self, node: n.Node, local: frozenset[str], filtered: bool) -> None:
        for field in fields(node):
            value = getattr(node, field.name)
            for child in value if isinstance(value, tuple) else (value,):
                if isinstance(child, n.Node):
                    self.visit(child, local, filtered)

    def _iterators(
        self, iterators: tuple[n.Iterator, ...], local: frozenset[str], filtered: bool
    ) -> frozenset[str]:
        for iterator in iterators:
            self.visit(iterator.source, local, filtered)
            self.visit(iterator.end, local, filtered)
            local = local | {iterator.name}
        return local

    def _path(self, node: n.Node, local: frozenset[str], filtered: bool) -> None:
        keys: list[str] = []
        while isinstance(node, n.Path):
            keys.append(node.name)
            node = node.target
        if not isinstance(node, n.Name):
            self.visit(node, local, filtered)
        elif node.name not in local:
            found = self.possible if filtered else self.certain
            found.add(".".join([node.name, *reversed(keys)]))
