# Creates the application's database user and, if there is one, the migrations', or brings them up to date, and before
# them the schema that they have rights on, unless it is the one that the database begins with. Runs with `sh -euc`, by
# the master user, as often as one likes. It drops nothing. Passwords pass through files in /tmp and stdin, never through
# arguments.

umask 077
LC_ALL=C # A-Z is no other letters than these

# What goes into SQL and option files is letters, digits and, in names, underscores: nothing in them is to be escaped.
only() {
  case $2 in
  '' | *[!$1]*)
    echo "$3 must have nothing but characters of [$1]" >&2
    exit 1
    ;;
  esac
}
only A-Za-z0-9_ "$ADMIN_DB_USERNAME" ADMIN_DB_USERNAME
only A-Za-z0-9 "$ADMIN_DB_PASSWORD" ADMIN_DB_PASSWORD
only A-Za-z0-9.- "$ADMIN_DB_HOST" ADMIN_DB_HOST
only 0-9 "$ADMIN_DB_PORT" ADMIN_DB_PORT
only A-Za-z0-9_ "$ADMIN_DB_NAME" ADMIN_DB_NAME
only A-Za-z0-9_ "$APPLICATION_DB_NAME" APPLICATION_DB_NAME
only A-Za-z0-9_ "$APPLICATION_DB_USERNAME" APPLICATION_DB_USERNAME
only A-Za-z0-9 "$APPLICATION_DB_PASSWORD" APPLICATION_DB_PASSWORD
if [ -n "${MIGRATION_DB_USERNAME+set}" ]; then
  only A-Za-z0-9_ "$MIGRATION_DB_USERNAME" MIGRATION_DB_USERNAME
  only A-Za-z0-9 "$MIGRATION_DB_PASSWORD" MIGRATION_DB_PASSWORD
fi

# options <file> <user> <password>. The server's certificate is not verified: no image has the authority that signs it.
# A database that pauses resumes within the timeout.
options() {
  printf '[client]\nhost=%s\nport=%s\nuser=%s\npassword=%s\nssl-mode=REQUIRED\nconnect-timeout=60\n' \
    "$ADMIN_DB_HOST" "$ADMIN_DB_PORT" "$2" "$3" >"/tmp/$1"
}

# as <file>: runs the SQL on stdin
as() {
  mysql "--defaults-file=/tmp/$1" --batch
}

# refused: whether the last answer was that the password is wrong
refused() {
  while read -r line; do
    case $line in
    'ERROR 1045 '*) return 0 ;;
    esac
  done </tmp/answer
  return 1
}

# escaped <name>: sets `pattern` to the name with a backslash in front of each underscore
escaped() {
  pattern=
  rest=$1
  while [ "$rest" != "${rest#*_}" ]; do
    pattern="$pattern${rest%%_*}\\_"
    rest=${rest#*_}
  done
  pattern=$pattern$rest
}

# literal: whether the server takes the underscore in a GRANT for itself, as it does with partial revokes
literal() {
  echo 'SELECT @@GLOBAL.partial_revokes;' | as admin >/tmp/answer
  while read -r line; do
    if [ "$line" = 1 ]; then
      return 0
    fi
  done </tmp/answer
  return 1
}

# user <name> <password> <privileges>
user() {
  echo "Database user $1"
  as admin <<SQL
CREATE USER IF NOT EXISTS '$1'@'%' IDENTIFIED BY '$2' REQUIRE SSL;
ALTER USER '$1'@'%' REQUIRE SSL;
GRANT $3 ON \`$pattern\`.* TO '$1'@'%';
SQL
  options user "$1" "$2"
  if echo "USE $schema;" | as user 2>/tmp/answer; then
    return
  fi
  if ! refused; then
    cat /tmp/answer >&2
    exit 1
  fi
  # The password before stays valid for the pods that still have it, until the next one takes its place. That is why a
  # password that works is not set again: it would take that place itself.
  as admin <<SQL
ALTER USER '$1'@'%' IDENTIFIED BY '$2' RETAIN CURRENT PASSWORD;
SQL
  echo "USE $schema;" | as user
  echo "Database user $1 has a new password"
}

options admin "$ADMIN_DB_USERNAME" "$ADMIN_DB_PASSWORD"
schema=$APPLICATION_DB_NAME
if [ "$schema" != "$ADMIN_DB_NAME" ]; then
  echo "CREATE DATABASE IF NOT EXISTS \`$schema\`;" | as admin
fi
# A database that came from a backup of something else has no schema of the shop, and no pod may move to it.
echo "USE $schema;" | as admin
# Without partial revokes, an underscore in a GRANT stands for any character unless it is escaped; with them, which
# Aurora MySQL has, the name is compared as it is, and an escaped one fits nothing (acl_get in sql/auth/sql_auth_cache.cc
# of MySQL 8.0).
pattern=$schema
case $schema in
*_*) if ! literal; then escaped "$schema"; fi ;;
esac
user "$APPLICATION_DB_USERNAME" "$APPLICATION_DB_PASSWORD" "$APPLICATION_PRIVILEGES"
if [ -n "${MIGRATION_DB_USERNAME+set}" ]; then
  user "$MIGRATION_DB_USERNAME" "$MIGRATION_DB_PASSWORD" "$MIGRATION_PRIVILEGES"
fi
