"""Evaluates the expressions of alarms: CloudWatch's metric math and its SQL, as far as alarms use them."""

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from emulator.plugins.provider import ProviderError

_OPERATORS: Mapping[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Lt: operator.lt, ast.LtE: operator.le,
}  # fmt: skip
_SELECT = re.compile(
    r"SELECT (MAX|MIN|SUM|AVG)\((\w+)\) FROM SCHEMA\(\"([^\"]+)\", ([^)]+)\) WHERE (.+?)(?: GROUP BY (\w+))?"
)
_CONDITION = re.compile(r"(\w+) = '([^']*)'")


class Missing(Exception):
    """A value that the expression needs is missing, and so is the result."""


Value = float | list[float]
"""Of a metric, or of several, which a query returns by group."""


def evaluate(expression: str, values: Mapping[str, Value]) -> float | None:
    """Return the value of an expression of metrics by their ids; None if the value of one is missing.

    Raises:
        ProviderError: The emulator does not know what is in the expression.
    """
    try:
        found = _value(ast.parse(expression, mode="eval").body, values)
        if isinstance(found, list):
            raise ProviderError(f"The emulator knows no alarm on several numbers, as this returns: {expression}")
        return float(found)
    except (Missing, ZeroDivisionError):
        return None
    except SyntaxError:
        raise _unknown(expression) from None


def _value(node: ast.expr, values: Mapping[str, Value]) -> Any:
    match node:
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.Name(id=name):
            if name not in values:
                raise Missing
            return values[name]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            first, second = _value(left, values), _value(right, values)
            if isinstance(first, list):
                return [_OPERATORS[type(op)](each, second) for each in cast("list[float]", first)]
            return _OPERATORS[type(op)](first, second)
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_value(left, values), _value(right, values))
        case ast.Call(func=ast.Name(id="IF"), args=[condition, then, otherwise]):
            return _value(then if _value(condition, values) else otherwise, values)
        case ast.Call(func=ast.Name(id="SUM"), args=[array]):
            return sum(_numbers(array, values))
        case ast.Call(func=ast.Name(id="CEIL"), args=[array]):
            return [float(math.ceil(each)) for each in _numbers(array, values)]
        case ast.Call(func=ast.Name(id="FILL"), args=[filled, instead]):
            try:
                return _value(filled, values)
            except Missing:
                return _value(instead, values)
        case _:
            raise _unknown(ast.unparse(node))


def _numbers(node: ast.expr, values: Mapping[str, Value]) -> list[float]:
    """The value of what has to be an array."""
    found = _value(node, values)
    if not isinstance(found, list):
        raise _unknown(ast.unparse(node))
    return cast("list[float]", found)


class Select:
    """A query in CloudWatch's SQL: one number out of the metrics that have these dimensions, some with a given value.

    Attributes:
        namespace: The metrics' namespace.
        name: Their name.
        schema: Names of all of their dimensions.
        where: Values of some of them.
        group: The one by whose values it makes a number each; empty for one number of all.
    """

    def __init__(self, expression: str) -> None:
        found = _SELECT.fullmatch(expression)
        if found is None:
            raise _unknown(expression)
        self._function, self.name, self.namespace, schema, where, group = found.groups()
        self.group: str = group or ""
        self.schema = tuple(each.strip() for each in schema.split(","))
        self.where = dict(_CONDITION.findall(where))

    def of(self, values: Sequence[tuple[Mapping[str, str], float]]) -> Value | None:
        """Return the number, or the numbers by group, of metrics' values; None if there is nothing to make it of.

        Args:
            values: With the dimensions that they were put for.
        """
        groups: dict[str, list[float]] = {}
        for dimensions, value in values:
            groups.setdefault(dimensions.get(self.group, ""), []).append(value)
        numbers = [self._of(each) for each in groups.values()]
        if not numbers:
            return None
        return numbers if self.group else numbers[0]

    def _of(self, values: list[float]) -> float:
        if self._function == "AVG":
            return sum(values) / len(values)
        return {"MAX": max, "MIN": min, "SUM": sum}[self._function](values)


def _unknown(expression: str) -> ProviderError:
    return ProviderError(f"The emulator does not know this expression of an alarm: {expression}")
