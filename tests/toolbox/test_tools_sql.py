"""SQL: which columns it reads, checked against SQLite's own authorizer, and how it is built."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardagent_toolbox.tools.sql import read_sql, sql_columns

SCHEMA = {
    "lab": ["stay", "name", "result", "time"],
    "patient": ["stay", "person", "age", "ward"],
    "bill": ["person", "amount", "day"],
}
ALL = {table: sorted(columns) for table, columns in SCHEMA.items()}

# Each is read by SQLite too, and what it asks its authorizer for is what must be found.
QUERIES = [
    "select result from lab",
    "SELECT l.Result FROM LAB AS l WHERE l.NAME = 'ph'",
    "select * from lab",
    "select l.*, amount from lab l join patient using (stay) cross join bill",
    "select count(*) from lab",
    "select count(distinct patient.person) from patient where patient.stay in (select stay from lab where name = 'x')",
    "select result from lab l where exists (select 1 from patient p where p.stay = l.stay and age > 3)",
    "with t as (select * from patient) select t.age from t",
    "with t(a, b) as (select person, age from patient) select a from t order by b",
    "with recursive c(n) as (select 1 union all select n + 1 from c where n < 3) select n, age from c, patient",
    "with a as (select stay from lab), b as (select a.stay from a join patient p on p.stay = a.stay) select * from b",
    "select x from (select age as x, person from patient) where x > 1",
    "select max(result) as result from lab group by name having count(time) > 1 order by result",
    "select a.age, (select max(amount) from bill where person = a.person) as m from patient a where m > 3",
    "select 1 union select age from patient union all select amount from bill order by 1 limit 3",
    "select age from patient where person in (select person from bill except select person from patient)",
    "select sum(result) filter (where name = 'x') over (partition by time order by stay) from lab",
    "select rank() over w from lab window w as (partition by name order by time)",
    "select case when age > 3 then ward else person end from patient",
    "select coalesce(nullif(age, 0), ward) || 'x' from patient where person like 'a%' and ward between 1 and 3",
    "select cast(result as real), date(time, '-1 day') from lab where name is not null",
    "select a.result - b.result from lab a left join lab b on a.stay = b.stay and a.time < b.time",
    "select p.age from patient p natural join lab",
    "select y.z from (select x.age as z from (select * from patient) x) y",
    "select main.lab.result from main.lab",
    "select \"result\", [name], `time` from lab",
    "select result from lab where name = \"ph\"",
    "select 1 from (patient join lab using (stay))",
    "select age as name from patient, lab where lab.name = 'x' order by name",
    "values (1), (2)",
    "select 1",
    "delete from bill where amount > 3",
    "update bill set amount = (select max(age) from patient) where day = 'x'",
    "insert into bill (person, amount) select person, age from patient",
    "select result from lab -- , amount from bill\n where /* name = */ time > 1;",
]  # fmt: skip


def asked_of_sqlite(sql: str) -> dict[str, set[str]]:
    """The columns that SQLite itself asks to read or change when it prepares a statement."""
    connection = sqlite3.connect(":memory:")
    for table, columns in SCHEMA.items():
        connection.execute(f"create table {table} ({', '.join(columns)})")
    asked: dict[str, set[str]] = {}

    def authorise(
        action: int, first: str | None, second: str | None, _database: str | None, _source: str | None
    ) -> int:
        if action in (sqlite3.SQLITE_READ, sqlite3.SQLITE_UPDATE) and first in SCHEMA:
            asked.setdefault(first, set()).update({second} if second else set())
        return sqlite3.SQLITE_OK

    connection.set_authorizer(authorise)
    connection.execute("explain " + sql)
    connection.close()
    return asked


@pytest.mark.parametrize("sql", QUERIES)
def test_everything_that_sqlite_reads_is_found(sql: str) -> None:
    found = sql_columns(sql, SCHEMA)
    assert found is not None
    assert "?" not in found
    for table, columns in asked_of_sqlite(sql).items():
        assert columns <= set(found[table])


# SQLite does not ask for the columns that USING and NATURAL compare; what is changed it asks for more narrowly.
EXACT = [
    q for q in QUERIES if not {"using", "natural", "delete", "update", "insert"} & set(q.replace("(", " ").split())
]


@pytest.mark.parametrize("sql", EXACT)
def test_nothing_that_sqlite_does_not_read_is_found(sql: str) -> None:
    found = sql_columns(sql, SCHEMA) or {}
    asked = asked_of_sqlite(sql)
    assert {table: set(columns) for table, columns in found.items() if columns} == {t: c for t, c in asked.items() if c}


@pytest.mark.parametrize("join", ["join lab using (stay)", "natural join lab"])
def test_joins_by_name_read_the_columns_that_they_compare(join: str) -> None:
    assert sql_columns(f"select age from patient {join}", SCHEMA) == {"lab": ["stay"], "patient": ["age", "stay"]}


def test_a_star_inside_exists_shows_no_column() -> None:
    sql = "select result from lab where exists (select * from patient where age > 3)"
    assert sql_columns(sql, SCHEMA) == {"lab": ["result"], "patient": ["age"]}


COLUMN = st.sampled_from(["stay", "name", "result", "age", "a.stay", "b.stay", "a.result", "b.age", "*", "count(*)"])
TABLE = st.sampled_from(["lab", "patient"])


@st.composite
def queries(draw: st.DrawFn, depth: int = 2) -> str:
    column = draw(COLUMN)
    source = f"lab a, {draw(TABLE)} b" if draw(st.booleans()) else f"lab a join {draw(TABLE)} b on a.stay = b.stay"
    sql = f"select {column} from {source}"
    if depth and draw(st.booleans()):
        inner = draw(queries(depth=depth - 1))
        sql += f" where {draw(COLUMN.filter(lambda c: '*' not in c))} {draw(st.sampled_from(['in', '=']))} ({inner})"
    if draw(st.booleans()):
        sql += f" order by {draw(COLUMN.filter(lambda c: '*' not in c))}"
    return sql


@given(queries())
def test_generated_queries_miss_nothing_that_sqlite_reads(sql: str) -> None:
    try:
        asked = asked_of_sqlite(sql)
    except sqlite3.OperationalError:
        return  # an ambiguous or missing column, or more than one column in a subquery
    found = sql_columns(sql, SCHEMA)
    assert found is not None
    for table, columns in asked.items():
        assert "?" in found or columns <= set(found[table])


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("select labid from lab", {"lab": ["labid"]}),
        ('select "labid" from lab', {"lab": ["labid"]}),
        ("select secret.a, b from secret", {"secret": ["a", "b"]}),
        ("select * from hr.pay", {"hr.pay": ["*"]}),
        ("select name from sqlite_master", {"sqlite_master": ["name"]}),
        ("select rowid from lab", {"lab": ["rowid"]}),
        ("drop table lab", {"lab": ALL["lab"]}),
        ("insert into bill values (1, 2, 3)", {"bill": ALL["bill"]}),
        ("select age from patient where person in bill", {"bill": ALL["bill"], "patient": ["age", "person"]}),
        ("select age from json_each('x'), patient", {"patient": ["age"]}),
        ("select 1; select age from patient", {"patient": ["age"]}),
    ],
)
def test_names_and_statements_beside_plain_queries(sql: str, found: dict[str, list[str]]) -> None:
    assert sql_columns(sql, SCHEMA) == found


@pytest.mark.parametrize(
    "sql",
    ["hello", "pragma table_info(lab)", "attach 'x' as y", "explain select 1", "replace into bill values (1, 2, 3)",
     "vacuum", "select z.age from patient p", "select nothing", "select * from pragma_table_info('lab')"],
)  # fmt: skip
def test_what_cannot_be_told_is_unknown(sql: str) -> None:
    found = sql_columns(sql, SCHEMA)
    assert found is not None
    assert found["?"]


@pytest.mark.parametrize(
    "sql",
    ["", " ; ", "select (select 1 from lab", "select 'a", "x" * 9_000, "select " + "(" * 500 + "1" + ")" * 500, None, 5,
     ["select 1"]],
)  # fmt: skip
def test_what_is_no_sql_is_none(sql: Any) -> None:
    assert sql_columns(sql, SCHEMA) is None


def test_unknown_dialects_and_unreadable_schemas_are_none() -> None:
    assert sql_columns("select 1", SCHEMA, "oracle") is None
    assert sql_columns("select 1", None) is None  # type: ignore[arg-type]


def test_quotes_hold_columns_where_the_dialect_says_so() -> None:
    sql = 'select result from lab where name = "time"'
    assert sql_columns(sql.replace("time", "ph"), SCHEMA) == {"lab": ["name", "result"]}
    assert sql_columns(sql.replace("time", "ph"), SCHEMA, "postgres") == {"lab": ["name", "ph", "result"]}
    assert sql_columns(sql, SCHEMA) == {"lab": ["name", "result", "time"]}


def one(sql: str, dialect: str = "postgres") -> dict[str, Any]:
    found = read_sql(sql, dialect)
    assert found is not None
    (statement,) = found
    return statement


@pytest.mark.parametrize(
    ("sql", "key", "value"),
    [
        ("select 1", "kind", "select"),
        ("(select 1) union select 2", "kind", "select"),
        ("with gone as (delete from s.orders returning id) select id from gone", "commands", ["delete", "select"]),
        ("with gone as (delete from s.orders returning id) select id from gone", "writes", ["s.orders"]),
        ("truncate lab", "kind", "truncate"),
        ("grant select on lab to bob", "kind", "grant"),
        ("merge into lab using bill on true when matched then delete", "kind", "merge"),
        ("vacuum", "kind", "other"),
        ("select a from Sales.Orders o join hr.pay p on true", "tables", ["hr.pay", "sales.orders"]),
        ("with t as (select 1) select * from t, (select 2) u", "tables", []),
        ("select a from x limit 10", "limit", 10),
        ("select a from x limit all", "limit", None),
        ("select a from x fetch first 10 rows only", "limit", None),
        ("select a from x fetch first 10 rows only", "fetch", True),
        ("select a from (select b from x limit 5) y", "limit", None),
        ("select * from x where a in (select y.* from y)", "stars", 2),
        ("select count(*) from x", "stars", 0),
        ("select a from x for update", "locks", ["update"]),
        ("select a from x for share", "locks", ["share"]),
        ("select a into b from x", "into", True),
        ("select a from x join y on true left join z using (a) cross join w", "joins", ["inner", "left", "cross"]),
        ("select a from x, y", "comma_joins", 1),
        ("select a, b from x group by a, B", "group_by", ["x.a", "x.b"]),
        ("select a, lower(b) from x order by b desc, lower(a)", "order_by", ["x.b", "lower(a)"]),
        ("select a from x limit 5 offset 10", "offset", 10),
        (
            "with t as (select 1) select 1 from t, s.x, y as z",
            "sources",
            [{"table": "s.x", "alias": "x"}, {"table": "y", "alias": "z"}],
        ),
        ("select distinct a from x", "distinct", True),
        ("select lower(a), my_function(b) from x", "functions", ["lower", "my_function"]),
        ("select o.a from orders o where o.b = 3", "columns", {"orders": ["a", "b"]}),
        ("select z.a from orders o", "unknown", ["SQL with an alias that stands for nothing"]),
    ],
)
def test_how_a_statement_is_built(sql: str, key: str, value: object) -> None:
    assert one(sql)[key] == value


def test_comments_and_texts_are_no_statements() -> None:
    statement = one("/* drop table x; */ select a from x where b = 'delete; drop' -- limit 5")
    assert (statement["commands"], statement["limit"]) == (["select"], None)
    assert one("select a from x limit 60; -- that is all")["limit"] == 60
    assert [s["kind"] for s in read_sql("select 1; drop table x;") or []] == ["select", "drop"]


def test_outputs_of_the_outermost_select() -> None:
    outputs = one("select max(o.total) as top, o.id, count(*), lower(o.a || o.b) from orders o")["outputs"]
    assert outputs == [
        {"name": "top", "columns": ["orders.total"], "functions": ["max"], "aggregate": True, "star": False},
        {"name": "id", "columns": ["orders.id"], "functions": [], "aggregate": False, "star": False},
        {"name": "", "columns": [], "functions": ["count"], "aggregate": True, "star": False},
        {"name": "", "columns": ["orders.a", "orders.b"], "functions": ["lower"], "aggregate": False, "star": False},
    ]


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("with t as (select salary as s from hr.pay) select x.s from t x", [["hr.pay.salary"]]),
        ("with t(a, b) as (select p, q from x) select b from t", [["x.q"]]),
        ("with t(a) as (select * from x) select a from t", [["x.*"]]),
        ("select y.z from (select x.age as z from (select * from patient) x) y", [["patient.age"]]),
        ("select secret from (select p.* from products p) x", [["products.secret"]]),
        ("select a from x union all select b from y", [["x.a"], ["y.b"]]),
        ("select u from (select a as u from x union select b from y) z", [["x.a", "y.b"]]),
        ("select (select max(z.v) from z) from x", [["z.v"]]),
    ],
)
def test_outputs_are_followed_to_the_tables_that_they_come_from(sql: str, columns: list[list[str]]) -> None:
    assert [output["columns"] for output in one(sql)["outputs"]] == columns


def test_comparisons_say_whether_every_row_must_pass_them() -> None:
    comparisons = one("select a from x where tenant = 7 and (b > 1.5 or c in ('x', 'y')) and 3 <= d and e is null")
    assert [(c["column"], c["operator"], c["value"], c["always"]) for c in comparisons["comparisons"]] == [
        ("x.tenant", "=", 7, True),
        ("x.b", ">", 1.5, False),
        ("x.c", "in", ["x", "y"], False),
        ("x.d", ">=", 3, True),
        ("x.e", "is", None, True),
    ]


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("select 1 from x where not a = 1", {"operator": "not =", "value": 1}),
        ("select 1 from x where not (a in (1, 2))", {"operator": "not in", "value": [1, 2]}),
        ("select 1 from x where lower(a) = 'b'", {"column": "", "columns": ["x.a"], "functions": ["lower"]}),
        ("select 1 from x group by a having a > 2", {"place": "having", "column": "x.a"}),
        ("select 1 from x join y on x.a = y.b", {"place": "on", "column": "x.a", "other": "y.b", "always": False}),
        ("select 1 from x where a in (select b from y)", {"query": True, "value": [], "always": True}),
        ("select a = 1 from x", {"place": "other"}),
    ],
)
def test_comparisons_say_what_is_compared_and_where(sql: str, found: dict[str, Any]) -> None:
    (comparison,) = one(sql)["comparisons"]
    assert found.items() <= comparison.items()


@pytest.mark.parametrize("sql", ["", None, 5, "select 'a"])
def test_unreadable_sql_is_none(sql: Any) -> None:
    assert read_sql(sql) is None
    assert read_sql("select 1", "oracle") is None
    assert read_sql("select 1", "sqlite", 5) is None  # type: ignore[arg-type]


def test_nothing_is_written_about_odd_sql(capfd: pytest.CaptureFixture[str]) -> None:
    for sql in ("replace into t values (1)", "create trigger x after insert on y begin select 1; end", "call p()"):
        read_sql(sql)
    assert capfd.readouterr() == ("", "")


def test_answers_are_the_caller_s_own() -> None:
    first = read_sql("select a from x")
    assert first is not None
    first[0]["tables"] = ["y"]
    assert one("select a from x", "sqlite")["tables"] == ["x"]
