# Creates the application's and the migrations' database user, or brings them up to date. Runs with `sh -euc`, by the
# master user, as often as one likes. Passwords pass through files in /tmp and stdin, never through arguments.

umask 077
LC_ALL=C # A-Z is no other letters than these

# What goes into SQL and option files is letters, digits and, in names, underscores: nothing is to be quoted. An
# underscore in a database's name would be a wildcard.
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
only A-Za-z0-9 "$ADMIN_DB_NAME" ADMIN_DB_NAME
only A-Za-z0-9_ "$APPLICATION_DB_USERNAME" APPLICATION_DB_USERNAME
only A-Za-z0-9 "$APPLICATION_DB_PASSWORD" APPLICATION_DB_PASSWORD
only A-Za-z0-9_ "$MIGRATION_DB_USERNAME" MIGRATION_DB_USERNAME
only A-Za-z0-9 "$MIGRATION_DB_PASSWORD" MIGRATION_DB_PASSWORD

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

# user <name> <password> <privileges>
user() {
  echo "Database user $1"
  as admin <<SQL
CREATE USER IF NOT EXISTS '$1'@'%' IDENTIFIED BY '$2' REQUIRE SSL;
ALTER USER '$1'@'%' REQUIRE SSL;
GRANT $3 ON $ADMIN_DB_NAME.* TO '$1'@'%';
SQL
  options user "$1" "$2"
  if echo 'DO 0;' | as user 2>/tmp/answer; then
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
  echo 'DO 0;' | as user
  echo "Database user $1 has a new password"
}

options admin "$ADMIN_DB_USERNAME" "$ADMIN_DB_PASSWORD"
# A database that came from a backup of something else has no such schema, and no pod may move to it.
echo "USE $ADMIN_DB_NAME;" | as admin
user "$APPLICATION_DB_USERNAME" "$APPLICATION_DB_PASSWORD" "$APPLICATION_PRIVILEGES"
user "$MIGRATION_DB_USERNAME" "$MIGRATION_DB_PASSWORD" "$MIGRATION_PRIVILEGES"
