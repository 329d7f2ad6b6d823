"""The Job that makes the database's users: its script against a client that only takes notes."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from components.workloads.database_users import APPLICATION_PRIVILEGES, MIGRATION_PRIVILEGES, SCRIPT

CLIENT = """#!/bin/sh
file=${1#--defaults-file=}
printf '%s\\n' "$*" >>"$NOTES/arguments"
printf '== %s\\n' "${file##*/}" >>"$NOTES/log"
sed -n 's/^user=/-- user /p' "$file" >>"$NOTES/log"
cp "$file" "$NOTES/${file##*/}"
sql=$(cat)
printf '%s\\n' "$sql" >>"$NOTES/log"
case $sql in
'USE '*)
  if [ "${file##*-}" = user ]; then
    if [ -s "$NOTES/answer" ] && [ ! -e "$NOTES/rotated" ]; then cat "$NOTES/answer" >&2; exit 1; fi
  elif [ -e "$NOTES/empty" ]; then
    echo "ERROR 1049 (42000): Unknown database" >&2; exit 1
  fi ;;
*'RETAIN CURRENT PASSWORD'*) : >"$NOTES/rotated" ;;
*partial_revokes*) printf '@@GLOBAL.partial_revokes\\n%s\\n' "$PARTIAL_REVOKES" ;;
esac
"""
ENVIRONMENT = {
    f"{user}_DB_{key}": value
    for user in ("ADMIN", "APPLICATION", "MIGRATION")
    for key, value in {
        "HOST": "openmarket-dev-aurora.cluster-abc.ap-northeast-2.rds.amazonaws.com",
        "PORT": "3306",
        "NAME": "openmarket",
        "USERNAME": f"openmarket_{user.lower()}",
        "PASSWORD": f"{user.title()}Secret1",
    }.items()
} | {
    "APPLICATION_PRIVILEGES": ", ".join(APPLICATION_PRIVILEGES),
    "MIGRATION_PRIVILEGES": ", ".join(MIGRATION_PRIVILEGES),
}
WRONG_PASSWORD = "ERROR 1045 (28000): Access denied for user 'a'@'10.0.0.9' (using password: YES)\n"
NO_RIGHTS = "ERROR 1044 (42000): Access denied for user 'a'@'%' to database 'openmarket'\n"
NO_CONNECTION = "ERROR 2003 (HY000): Can't connect to MySQL server on 'openmarket' (110)\n"


class Bench:
    """A directory in which the script runs."""

    def __init__(self, path: Path) -> None:
        self.path = path
        client = path / "mysql"
        client.write_text(CLIENT)
        client.chmod(client.stat().st_mode | stat.S_IXUSR)

    def run(self, answer: str = "", without: str = "", **changes: str) -> subprocess.CompletedProcess[str]:
        """Run the script, without variables that begin so; logins of users get this answer until a password is new."""
        (self.path / "answer").write_text(answer)
        script = SCRIPT.read_text().replace("/tmp/", f"{self.path}/tmp-")  # noqa: S108
        environment = {"PATH": f"{self.path}:{os.environ['PATH']}", "NOTES": str(self.path)} | ENVIRONMENT
        environment = {key: value for key, value in environment.items() if not without or not key.startswith(without)}
        environment |= {key: value for key, value in changes.items() if not without or not key.startswith(without)}
        return subprocess.run(
            ["sh", "-euc", script], env=environment, text=True, capture_output=True, timeout=60, check=False
        )

    def log(self) -> str:
        """What the client was asked, by whom."""
        file = self.path / "log"
        return file.read_text() if file.exists() else ""


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    if not shutil.which("sh"):
        pytest.skip("no shell")
    return Bench(tmp_path)


def test_both_users_need_tls_and_get_one_database(bench: Bench) -> None:
    assert bench.run().returncode == 0
    log = bench.log()
    for user in ("application", "migration"):
        created = (
            f"CREATE USER IF NOT EXISTS 'openmarket_{user}'@'%' IDENTIFIED BY '{user.title()}Secret1' REQUIRE SSL;"
        )
        assert created in log
        assert f"ALTER USER 'openmarket_{user}'@'%' REQUIRE SSL;" in log
    assert "GRANT SELECT, INSERT, UPDATE, DELETE ON `openmarket`.* TO 'openmarket_application'@'%';" in log
    assert log.count("GRANT ") == log.count(" ON `openmarket`.* TO ") == 2
    assert "GRANT OPTION" not in log


def test_a_database_without_the_schema_gets_no_users(bench: Bench) -> None:
    (bench.path / "empty").touch()
    result = bench.run()
    assert result.returncode != 0
    assert "Unknown database" in result.stderr
    assert "CREATE USER" not in bench.log()


def own(schema: str, partial_revokes: str = "0") -> dict[str, str]:
    """The environment of the Job of a service's own schema."""
    return {"APPLICATION_DB_NAME": schema, "MIGRATION_DB_NAME": schema, "PARTIAL_REVOKES": partial_revokes}


def test_a_schema_of_its_own_is_made_before_its_users(bench: Bench) -> None:
    assert bench.run(**own("orders")).returncode == 0
    log = bench.log()
    assert log.index("CREATE DATABASE IF NOT EXISTS `orders`;") < log.index("CREATE USER")
    assert log.count("GRANT ") == log.count(" ON `orders`.* TO ") == 2
    assert "openmarket`" not in log


def test_the_schema_that_the_database_begins_with_is_not_made(bench: Bench) -> None:
    bench.run()
    assert "CREATE DATABASE" not in bench.log()


@pytest.mark.parametrize(
    ("partial_revokes", "granted"), [("0", r"`order\_items\_2`"), ("1", "`order_items_2`")], ids=["off", "on"]
)
def test_an_underscore_stands_for_itself_in_the_rights(bench: Bench, partial_revokes: str, granted: str) -> None:
    """Not escaped, it stands for any character, unless the server has partial revokes; then the escape is no escape."""
    assert bench.run(**own("order_items_2", partial_revokes)).returncode == 0
    log = bench.log()
    assert "CREATE DATABASE IF NOT EXISTS `order_items_2`;" in log
    assert log.count("GRANT ") == log.count(f" ON {granted}.* TO ") == 2


def test_a_name_without_underscores_needs_no_question(bench: Bench) -> None:
    bench.run(**own("orders"))
    assert "partial_revokes" not in bench.log()


def test_rights_that_do_not_fit_fail_it(bench: Bench) -> None:
    result = bench.run(NO_RIGHTS)
    assert result.returncode != 0
    assert "Access denied for user 'a'@'%' to database" in result.stderr
    assert "RETAIN" not in bench.log()


def test_without_migrations_there_is_one_user(bench: Bench) -> None:
    result = bench.run(**own("orders"), without="MIGRATION_")
    assert result.returncode == 0, result.stderr
    assert bench.log().count("CREATE USER") == bench.log().count("GRANT ") == 1
    assert "openmarket_migration" not in bench.log()


def test_nothing_is_dropped(bench: Bench) -> None:
    bench.run(WRONG_PASSWORD, **own("orders"))
    assert "DROP " not in bench.log().replace("ALTER, DROP, INDEX", "")
    assert "REVOKE" not in bench.log()


def test_the_application_cannot_change_the_schema() -> None:
    assert set(APPLICATION_PRIVILEGES) == {"SELECT", "INSERT", "UPDATE", "DELETE"}
    assert {"CREATE", "ALTER", "DROP", "INDEX", "REFERENCES"} <= set(MIGRATION_PRIVILEGES)
    assert not {"ALL", "CREATE USER", "GRANT OPTION", "SUPER"} & set(MIGRATION_PRIVILEGES)


def test_a_password_that_works_is_not_set_again(bench: Bench) -> None:
    assert bench.run().returncode == 0
    assert "RETAIN" not in bench.log()
    assert "-- user openmarket_application\nUSE openmarket;" in bench.log()


def test_a_new_password_leaves_the_one_before_valid(bench: Bench) -> None:
    assert bench.run(WRONG_PASSWORD).returncode == 0
    retained = "ALTER USER 'openmarket_application'@'%' IDENTIFIED BY 'ApplicationSecret1' RETAIN CURRENT PASSWORD;"
    assert bench.log().count(retained) == 1
    assert bench.log().index(retained) > bench.log().index("-- user openmarket_application\nUSE openmarket;")


def test_no_connection_is_no_reason_to_set_a_password(bench: Bench) -> None:
    result = bench.run(NO_CONNECTION)
    assert result.returncode != 0
    assert "Can't connect" in result.stderr
    assert "RETAIN" not in bench.log()


def test_passwords_are_in_no_argument_and_no_output(bench: Bench) -> None:
    result = bench.run(WRONG_PASSWORD)
    shown = (bench.path / "arguments").read_text() + result.stdout + result.stderr
    assert "Secret1" not in shown
    assert "Secret1" not in SCRIPT.read_text()


def test_option_files_are_private_and_ask_for_tls(bench: Bench) -> None:
    bench.run()
    for name in ("tmp-admin", "tmp-user"):
        assert stat.S_IMODE((bench.path / name).stat().st_mode) == stat.S_IRUSR | stat.S_IWUSR
        assert "ssl-mode=REQUIRED\n" in (bench.path / name).read_text()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("APPLICATION_DB_PASSWORD", "x' OR 1"),
        ("APPLICATION_DB_PASSWORD", ""),
        ("MIGRATION_DB_USERNAME", "a'@'%"),
        ("ADMIN_DB_NAME", "open-market"),
        ("APPLICATION_DB_NAME", "orders`.* TO x; --"),
        ("APPLICATION_DB_NAME", "%"),
        ("ADMIN_DB_HOST", "host\npassword=x"),
        ("ADMIN_DB_PORT", "3306 "),
    ],
)
def test_what_would_need_quotes_is_refused_before_anything_is_done(bench: Bench, variable: str, value: str) -> None:
    result = bench.run(**{variable: value})
    assert result.returncode != 0
    assert variable in result.stderr
    assert bench.log() == ""
    assert not value or value not in result.stderr


def test_kubernetes_expands_nothing_in_it() -> None:
    assert "$(" not in SCRIPT.read_text()
