# Opens a session at the cache, with the services' token. Runs with `bash -euc`; its arguments are `read` or `write`, the
# stack's name, and the port. The token passes through a file and openssl's input, never through arguments or the
# environment. Needs openssl and xargs, and the system's certificate authorities, among which is the one of ElastiCache.
#
# The protocol: https://redis.io/docs/latest/develop/reference/protocol-spec/, in its version 2.

umask 077
export LC_ALL=C # lengths are in bytes
trap '' PIPE
mode=$1 stack=$2 port=$3
case $mode in
read) note='read only' ;;
write) note='may write' ;;
*)
  echo "the mode must be read or write, not $mode" >&2
  exit 1
  ;;
esac
address=$(cat /credentials/REDIS_HOST)
token=$(cat /credentials/REDIS_AUTH_TOKEN)
for tool in mkfifo openssl xargs; do
  if ! command -v "$tool" >/dev/null; then
    echo "the image has no $tool, which a session at the cache needs: see clientImage of openmarket:database" >&2
    exit 1
  fi
done
human='' # replies for people; otherwise as the bytes that they are
if [ -t 1 ]; then human=1; fi

ended() {
  echo "the cache at $address:$port has closed the connection, or there is none" >&2
  exit 1
}

# Sends a command: its words, each after its length.
request() {
  local word
  {
    printf '*%d\r\n' "$#"
    for word; do printf '$%d\r\n%s\r\n' "${#word}" "$word"; done
  } 2>/dev/null >&4 || ended
}

# Prints so many bytes of the reply. No variable takes the zero byte, at which `read` stops.
bulk() {
  local left=$1 chunk
  while ((left > 0)); do
    IFS= read -r -u 3 -d '' -n "$left" chunk || ended
    left=$((left - ${#chunk}))
    if [ "$human" ]; then printf %s "${chunk@Q}"; else printf %s "$chunk"; fi
    if ((left > 0)); then
      if [ "$human" ]; then printf '\\0'; else printf '\0'; fi
      left=$((left - 1))
    fi
  done
}

# Prints the next reply, which is so deep in others, with what its lines after the first begin with. Says in `failed`
# whether it was an error, and in `reading` whether it told of a command that it has the flag `readonly`: of COMMAND
# INFO, the flags of the command itself are three deep, and those of its subcommands deeper.
reply() {
  local depth=$1 indent=$2 line number space
  IFS= read -r -u 3 line || ended
  line=${line%$'\r'}
  case $line in
  [-+:]*)
    case $depth$line in
    0-*) failed=1 ;;
    3+readonly) reading=1 ;;
    esac
    if [ "$human" ]; then
      case $line in
      -*) line="(error) ${line:1}" ;;
      :*) line="(integer) ${line:1}" ;;
      *) line=${line:1} ;;
      esac
      printf '%s\n' "${line//[![:print:]]/?}"
    else
      printf '%s\n' "${line:1}"
    fi
    ;;
  '$-1' | '*-1') printf '%s\n' "${human:+(nil)}" ;;
  '$'*)
    bulk "${line:1}"
    echo
    IFS= read -r -u 3 line || ended
    ;;
  '*0') printf '%s' "${human:+$'(empty)\n'}" ;;
  '*'*)
    for ((number = 1; number <= ${line:1}; number++)); do
      if [ "$human" ]; then
        if ((number > 1)); then printf %s "$indent"; fi
        printf '%d) ' "$number"
      fi
      printf -v space '%*s' $((${#number} + 2)) ''
      reply $((depth + 1)) "$indent$space"
    done
    ;;
  *)
    echo "the cache has answered with ${line@Q}, which is not known here" >&2
    exit 1
    ;;
  esac
}

# Says whether a command reads only: the cache flags it so, or it is one of those that neither read nor write keys.
may() {
  case "${1^^} ${2-}" in
  'PING '* | 'ECHO '* | 'INFO '* | 'TIME '* | 'SELECT '* | 'COMMAND '*) return ;;
  esac
  case "${1^^} ${2^^}" in
  'SLOWLOG GET' | 'SLOWLOG LEN' | 'CLIENT LIST' | 'MEMORY STATS' | 'MEMORY DOCTOR') return ;;
  esac
  local found
  reading=''
  for found in "$1|${2-}" "$1"; do
    request COMMAND INFO "$found"
    reply 0 '' >/dev/null
    if [ "$reading" ]; then return; fi
  done
  return 1
}

# Runs the command in a line. With a pipe, the first one that fails ends the session.
run() {
  # It knows quotes and expands nothing.
  if ! xargs -r printf '%s\0' <<<"$1" >/tmp/words; then
    failed=1
    return
  fi
  mapfile -d '' -t words </tmp/words
  if [ ${#words[@]} = 0 ]; then return; fi
  case ${words[0],,} in quit | exit) exit ;; esac
  if [ "$mode" = read ] && ! may "${words[0]}" "${words[1]-}"; then
    echo "refused: ${words[0]@Q} is not a command that only reads, and the session is read only (--write)" >&2
    failed=1
    return
  fi
  failed=''
  request "${words[@]}"
  reply 0 ''
}

mkfifo /tmp/requests
exec 3< <(
  exec openssl s_client -quiet -verify 8 -verify_quiet -verify_return_error -verify_hostname "$address" \
    -servername "$address" -connect "$address:$port" </tmp/requests
)
client=$!
trap 'kill "$client" 2>/dev/null || true' EXIT
exec 4>/tmp/requests
failed='' reading=''
request AUTH "$token"
reply 0 '' >/dev/null
if [ "$failed" ]; then
  echo "the cache at $address:$port does not take the token" >&2
  exit 1
fi
unset token
while IFS= read -r -p "$stack, $note> " line || [ "$line" ]; do
  run "$line"
  if [ "$failed" ] && ! [ -t 0 ]; then exit 1; fi
done
if [ -t 0 ]; then echo; fi
