"""A schema that no service uses any more is told of, as the database keeps it."""

from analysis.preview import State, Step
from ops.comment.facts import SchemaLeft
from ops.comment.review import Review, review
from ops.comment.verdict import reasons
from tests.ops.previews import change, preview, state

DATABASE = state("aws:rds/cluster:Cluster", "shop")
KEPT = change("same", DATABASE, DATABASE)
PASSWORD = change(
    "delete", state("random:index/randomPassword:RandomPassword", "data-schema-orders-app-password"), None
)


def schema(name: str) -> State:
    """The component with the secrets of a schema's users."""
    type_ = "openmarket:data:Schema"
    urn = f"urn:pulumi:dev::openmarket::openmarket:data:Stores${type_}::data-schema-{name.replace('_', '-')}"
    return State(urn=urn, type=type_, outputs={"schema": name})


def facts(*steps: Step) -> list[SchemaLeft]:
    seen: Review = review(preview(*steps, PASSWORD))
    return [each.fact for each in seen.findings if isinstance(each.fact, SchemaLeft)]


def test_a_schema_that_goes_stays_in_the_database() -> None:
    gone = change("delete", schema("order_items"), None)
    assert facts(KEPT, gone) == [SchemaLeft("order_items")]
    (said,) = [line for line in reasons(review(preview(KEPT, gone, PASSWORD))) if "keeps the schema" in line]
    assert "the database keeps the schema `order_items` with all its data" in said


def test_one_that_stays_or_comes_is_not_told() -> None:
    orders = schema("orders")
    assert facts(KEPT, change("same", orders, orders), change("create", None, schema("catalog"))) == []


def test_it_goes_with_its_database() -> None:
    assert facts(change("delete", DATABASE, None), change("delete", schema("orders"), None)) == []
