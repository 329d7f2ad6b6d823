"""Evaluates the expressions of alarms: CloudWatch's metric math and its SQL, as far as alarms use them."""

import ast
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from emulator.plugins.provider import ProviderError

_OPERATORS: Mapping[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Lt: operator.lt, ast.LtE: operator.le,
}  # fmt: skip
_SELECT = re.compile(r"SELECT (MAX|MIN|SUM|AVG)\((\w+)\) FROM SCHEMA\(\"([^\"]+)\", ([^)]+)\) WHERE (.+)")
_CONDITION = re.compile(r"(\w+) = '([^']*)'")


class Missing(Exception):
    """A value that the expression needs is missing, and so is the result."""


def evaluate(expression: str, values: Mapping[str, float]) -> float | None:
    """Return the value of an expression of metrics by their ids; None if the value of one is missing.

    Raises:
        ProviderError: The emulator does not know what is in the expression.
    """
    try:
        return float(_value(ast.parse(expression, mode="eval").body, values))
    except (Missing, ZeroDivisionError):
        return None
    except SyntaxError:
        raise _unknown(expression) from None


def _value(node: ast.expr, values: Mapping[str, float]) -> Any:
    match node:
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.Name(id=name):
            if name not in values:
                raise Missing
            return values[name]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_value(left, values), _value(right, values))
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_value(left, values), _value(right, values))
        case ast.Call(func=ast.Name(id="IF"), args=[condition, then, otherwise]):
            return _value(then if _value(condition, values) else otherwise, values)
        case ast.Call(func=ast.Name(id="FILL"), args=[filled, instead]):
            try:
                return _value(filled, values)
            except Missing:
                return _value(instead, values)
        case _:
            raise _unknown(ast.unparse(node))


class Select:
    """A query in CloudWatch's SQL: one number out of the metrics that have these dimensions, some with a given value.

    Attributes:
        namespace: The metrics' namespace.
        name: Their name.
        schema: Names of all of their dimensions.
        where: Values of some of them.
    """

    def __init__(self, expression: str) -> None:
        found = _SELECT.fullmatch(expression)
        if found is None:
            raise _unknown(expression)
        self._function, self.name, self.namespace, schema, where = found.groups()
        self.schema = tuple(each.strip() for each in schema.split(","))
        self.where = dict(_CONDITION.findall(where))

    def of(self, values: list[float]) -> float | None:
        """Return the number; None if there is none to make it of."""
        if not values:
            return None
        if self._function == "AVG":
            return sum(values) / len(values)
        return {"MAX": max, "MIN": min, "SUM": sum}[self._function](values)


def _unknown(expression: str) -> ProviderError:
    return ProviderError(f"The emulator does not know this expression of an alarm: {expression}")
