"""Nodes back to text: the canonical way to write an expression."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from runner.feel import nodes as n
from runner.feel.errors import FeelSyntaxError
from runner.feel.lexer import KEYWORDS, TYPE_NAMES, is_builtin_name
from runner.feel.parser import parse
from runner.feel.text import format_simple
from runner.feel.values import Value
from runner.feel.vocabulary import is_simple

# How tightly a construct binds; an operand that binds less than its place needs is put in
# parentheses. `instance of` is one step looser than the grammar has it, so that `(x instance of
# number) < 5` keeps the parentheses without which `<` would open the type's own brackets.
_OPEN, _OR, _AND, _INSTANCE, _COMPARISON, _SUM, _PRODUCT, _POWER, _NEGATION, _POSTFIX = range(10)
_BINDING: dict[type[n.Node], int] = {
    n.If: _OPEN,
    n.For: _OPEN,
    n.Quantified: _OPEN,
    n.FunctionDefinition: _OPEN,
    n.InstanceOf: _INSTANCE,
    n.Compare: _COMPARISON,
    n.Between: _COMPARISON,
    n.In: _COMPARISON,
    n.Negate: _NEGATION,
}
_OPERATORS = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "**": _POWER}
_DIGITS = 40
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def print_expression(node: n.Node, names: Iterable[str] = ()) -> str:
    """The canonical text of a node as `parse` makes it, with no more parentheses than needed.

    Parsed with the same `names` it gives an equal node. Names of several words that are not among
    `names` stand in backticks; where plain names would be read as one longer name, all do.
    """
    known = frozenset(names)
    plain = _Printer(known).whole(node)
    try:
        same = parse(plain, known, isinstance(node, n.Tests)) == node
    except FeelSyntaxError:
        same = False
    return plain if same else _Printer(known, always_quote=True).whole(node)


class _Printer:
    def __init__(self, names: frozenset[str], always_quote: bool = False) -> None:
        self.names = names
        self.always_quote = always_quote

    def whole(self, node: n.Node) -> str:
        if isinstance(node, n.Tests):
            return self._tests(node)
        return self.at(_OPEN, node)

    def at(self, needed: int, node: n.Node) -> str:
        """The node where something that binds at least so tightly is needed."""
        text = self._text(node)
        return f"({text})" if _binding(node) < needed or type(node) is n.CompareTest else text

    def _value(self, node: n.Node) -> str:
        """An item of a list, an argument or a test, where `< 5` needs no parentheses."""
        return self._text(node)

    def _values(self, nodes: Iterable[n.Node]) -> str:
        return ", ".join(map(self._value, nodes))

    def _text(self, node: n.Node) -> str:
        match node:
            case n.Literal(value=value):
                return _constant(value)
            case n.Name(name=name):
                return self._name(name)
            case n.Path(target=target, name=name):
                return f"{self.at(_POSTFIX, target)}.{self._entry(name)}"
            case n.Filter(target=target, condition=condition):
                return f"{self.at(_POSTFIX, target)}[{self.at(_OPEN, condition)}]"
            case n.Call():
                return self._call(node)
            case n.ListLiteral(items=items):
                return f"[{self._values(items)}]"
            case n.ContextLiteral(entries=entries):
                inside = (f"{_key(key)}: {self.at(_OPEN, value)}" for key, value in entries)
                return f"{{{', '.join(inside)}}}"
            case n.RangeLiteral():
                return self._range(node)
            case n.InstanceOf(operand=operand, type=type_):
                return f"{self.at(_POSTFIX, operand)} instance of {self._type(type_)}"
            case n.Type():
                return self._type(node)
            case n.Iterator():
                return self._iterator(node)
            case _:
                return self._operation(node)

    def _operation(self, node: n.Node) -> str:
        match node:
            case n.Negate(operand=operand):
                text = self.at(_NEGATION, operand)
                return f"-({text})" if text[0].isdigit() else f"-{text}"
            case n.Arithmetic(first=first, rest=rest):
                inner = _binding(node) + 1
                right = (f" {sign} {self.at(inner, part)}" for sign, part in rest)
                return self.at(inner, first) + "".join(right)
            case n.Compare(operator=sign, left=left, right=right):
                return f"{self.at(_COMPARISON, left)} {sign} {self.at(_SUM, right)}"
            case n.Between(operand=operand, low=low, high=high):
                ends = f"{self.at(_SUM, low)} and {self.at(_SUM, high)}"
                return f"{self.at(_COMPARISON, operand)} between {ends}"
            case n.In(operand=operand, tests=tests):
                return f"{self.at(_COMPARISON, operand)} in {self._in_tests(tests)}"
            case n.CompareTest(operator=sign, operand=operand):
                return f"{sign} {self.at(_SUM, operand)}"
            case n.Logic(items=items):
                word = " and " if node.all_of else " or "
                return word.join(self.at(_binding(node) + 1, item) for item in items)
            case _:
                return self._open(node)

    def _open(self, node: n.Node) -> str:
        match node:
            case n.If(condition=condition, then=then, otherwise=otherwise):
                parts = (self.at(_OPEN, part) for part in (condition, then, otherwise))
                return "if {} then {} else {}".format(*parts)
            case n.For(iterators=iterators, body=body):
                return f"for {self._values(iterators)} return {self.at(_OPEN, body)}"
            case n.Quantified(every=every, iterators=iterators, body=body):
                word = "every" if every else "some"
                return f"{word} {self._values(iterators)} satisfies {self.at(_OPEN, body)}"
            case n.FunctionDefinition(parameters=parameters, body=body):
                declared = (
                    self._name(name) + (f": {self._type(type_)}" if type_ else "")
                    for name, type_ in parameters
                )
                return f"function({', '.join(declared)}) {self.at(_OPEN, body)}"
        raise TypeError(f"{type(node).__name__} is no part of a finished tree")

    def _tests(self, node: n.Tests) -> str:
        if not node.items:
            return "-"
        inside = self._values(node.items)
        if node.negated:
            return f"not({inside})"
        # a leading `not(` around everything would negate the tests instead of calling the function
        return f"({inside})" if len(node.items) == 1 and inside.startswith("not(") else inside

    def _in_tests(self, tests: tuple[n.Node, ...]) -> str:
        if len(tests) > 1:
            return f"({self._values(tests)})"
        (test,) = tests
        return self._text(test) if type(test) is n.CompareTest else self.at(_SUM, test)

    def _call(self, node: n.Call) -> str:
        function = node.function
        if isinstance(function, n.Name) and is_builtin_name(function.name):
            called = f"`{function.name}`" if self.always_quote else function.name
        else:
            called = self.at(_POSTFIX, function)
        if node.names is None:
            return f"{called}({self._values(node.arguments)})"
        pairs = zip(node.names, node.arguments, strict=True)
        return (
            f"{called}({', '.join(f'{_key(key)}: {self._value(value)}' for key, value in pairs)})"
        )

    def _range(self, node: n.RangeLiteral) -> str:
        low = self.at(_OPEN, node.low) if node.low else ""
        high = self.at(_OPEN, node.high) if node.high else ""
        return f"{'[' if node.low_closed else '('}{low}..{high}{']' if node.high_closed else ')'}"

    def _iterator(self, node: n.Iterator) -> str:
        end = f"..{self.at(_OPEN, node.end)}" if node.end else ""
        return f"{self._name(node.name)} in {self.at(_OPEN, node.source)}{end}"

    def _type(self, node: n.Type) -> str:
        of = [self._type(inner) for inner in node.of]
        if node.name == "function" and of:
            return f"function<{', '.join(of[:-1])}>->{of[-1]}"
        of += [f"{self._entry(key)}: {self._type(inner)}" for key, inner in node.entries]
        plain = node.name in TYPE_NAMES or all(map(is_simple, node.name.split(".")))
        name = node.name if plain else f"`{node.name}`"
        return f"{name}<{', '.join(of)}>" if of else name

    def _name(self, name: str) -> str:
        if name in KEYWORDS or self.always_quote:
            return f"`{name}`"
        return self._entry(name)

    def _entry(self, name: str) -> str:
        plain = is_simple(name) or (name in self.names and not self.always_quote)
        return name if plain else f"`{name}`"


def _binding(node: n.Node) -> int:
    if isinstance(node, n.Arithmetic):
        return _OPERATORS[node.rest[0][0]]
    if isinstance(node, n.Logic):
        return _AND if node.all_of else _OR
    return _BINDING.get(type(node), _POSTFIX)


def _key(key: str) -> str:
    return key if is_simple(key) else f'"{key.translate(_ESCAPES)}"'


def _constant(value: Value) -> str:
    if isinstance(value, str):
        return f'"{value.translate(_ESCAPES)}"'
    if isinstance(value, Decimal):
        return str(value) if abs(value.adjusted()) > _DIGITS else format_simple(value)
    text = format_simple(value)
    return text if value is None or isinstance(value, bool) else f'@"{text}"'
