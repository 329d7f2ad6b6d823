# Opens a session at the database, as the services' user. Runs with `sh -euc`; its arguments are `read` or `write`, and
# the stack's name. The password passes through files alone, never through arguments or the environment.

umask 077
LC_ALL=C # A-Z is no other letters than these

# What goes into the option file is letters, digits and, in names, underscores: nothing is to be quoted.
only() {
  case $2 in
  '' | *[!$1]*)
    echo "$3 must have nothing but characters of [$1]" >&2
    exit 1
    ;;
  esac
}

case $1 in
read) host=DB_READER_HOST note='read only' ;;
write) host=DB_HOST note='may write' ;;
*)
  echo "the mode must be read or write, not $1" >&2
  exit 1
  ;;
esac
address=$(cat "/credentials/$host")
port=$(cat "/credentials/DB_PORT")
database=$(cat "/credentials/DB_NAME")
user=$(cat "/credentials/DB_USERNAME")
password=$(cat "/credentials/DB_PASSWORD")
only A-Za-z0-9.- "$address" "$host"
only 0-9 "$port" DB_PORT
only A-Za-z0-9_ "$database" DB_NAME
only A-Za-z0-9_ "$user" DB_USERNAME
only A-Za-z0-9 "$password" DB_PASSWORD
only a-z0-9- "$2" 'the stack'

# The server's certificate is not verified: no image has the authority that signs it. A database that pauses resumes
# within the timeout.
options=/tmp/session
printf '[client]\nhost=%s\nport=%s\nuser=%s\npassword=%s\nssl-mode=REQUIRED\nconnect-timeout=60\n' \
  "$address" "$port" "$user" "$password" >"$options"
printf '[mysql]\ndatabase=%s\nprompt="%s, %s> "\n' "$database" "$2" "$note" >>"$options"
if [ "$1" = read ]; then
  # The client sends it again whenever it connects again.
  printf 'init-command="SET SESSION TRANSACTION READ ONLY"\n' >>"$options"
fi
# Statements may have customers' data in them, and leave with the session.
export MYSQL_HISTFILE=/dev/null
exec mysql "--defaults-file=$options"
