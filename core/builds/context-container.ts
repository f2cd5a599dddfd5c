/** Where a build's containers share files. */
export const workspace = '/workspace';

/** Key, in the Secret of a build's Job, of the address that the list of the source's parts has. */
export const contextKey = 'CONTEXT_URL';

/** In a line of the list: this part is a whole compressed archive, whose hash nobody knows. */
export const unknownHash = '-';

interface ContextContainer {
  readonly name: string;
  /** With a shell, wget, gunzip, sha256sum and tar: busybox will do. */
  readonly image: string;
  /** Name of the Job's Secret. */
  readonly secret: string;
  readonly securityContext: object;
}

/** The init container that unpacks the source into `WORKSPACE/context`. Its mount is named `workspace`. */
export const contextContainer = ({
  name,
  image,
  secret,
  securityContext,
}: ContextContainer): object => ({
  name,
  image,
  command: ['sh', '-c'],
  args: [contextScript],
  env: [{ name: contextKey, valueFrom: { secretKeyRef: { name: secret, key: contextKey } } }],
  volumeMounts: [{ name: 'workspace', mountPath: workspace }],
  terminationMessagePolicy: 'FallbackToLogsOnError',
  securityContext,
});

/** Parts that are fetched while an earlier one is unpacked. Each takes its size twice, on disk. */
const ahead = 4;
const tries = 3;

/**
 * Gets the list (`SHA256 ADDRESS` a line), then the parts in its order, a few ahead, and checks each
 * before tar sees it. All that programs say goes to files: addresses must not get into the log, and the
 * log of a failure, which is all that is left of the container, is to be one sentence.
 */
export const contextScript = `
parts="${workspace}/parts"
context="${workspace}/context"
mkdir -p "$parts" "$context" || exit 1

fail() { echo "$*" > "$parts/failed"; return 1; }
why() { tail -n 1 "$parts/$1.why" 2> /dev/null; }

again() {
  try=1
  until "$@"; do
    [ $try -lt ${tries} ] || return 1
    sleep $try
    try=$((try + 1))
  done
}

get() {
  wget -q -O - "$2" 2> "$parts/$1.why" && { rm "$parts/$1.why"; return; }
  [ -s "$parts/$1.why" ] || echo "wget failed" > "$parts/$1.why"
  return 1
}

list() { get list "$${contextKey}" > "$parts/list"; }

part() {
  get "$1" "$3" | gunzip -c > "$parts/$1" 2> /dev/null
  [ "$(sha256sum < "$parts/$1")" = "$2  -" ]
}

fetch() {
  again part "$@" && return
  reason=$(why "$1")
  fail "part $1 of $total is \${reason:+not there: }\${reason:-not what was sent, its SHA-256 is another} ($2)"
}

next() {
  out=$((out + 1))
  eval "wait \\$pid_$((out % ${ahead}))" && cat "$parts/$out" && rm "$parts/$out"
}

archive() {
  get archive "$1" | gunzip -c 2> "$parts/gunzip.why" && return
  reason=$(why archive)
  fail "\${reason:-$(why gunzip)}"
}

contents() {
  out=0 begun=0
  while read -r sum url; do
    if [ "$sum" = "${unknownHash}" ]; then archive "$url"; return; fi
    [ $((begun - out)) -lt ${ahead} ] || next || return
    begun=$((begun + 1))
    fetch $begun "$sum" "$url" &
    eval "pid_$((begun % ${ahead}))=$!"
  done < "$parts/list"
  while [ $out -lt $begun ]; do next || return; done
}

if again list; then
  total=$(wc -l < "$parts/list" | tr -d ' ')
  contents | tar -xf - -C "$context" 2> "$parts/tar.why" || [ -s "$parts/failed" ] || fail "it cannot be unpacked: $(why tar)"
else
  fail "its list of parts is not there: $(why list)"
fi
if [ -s "$parts/failed" ]; then cat "$parts/failed" >&2; exit 1; fi
rm -rf "$parts"
`.trim();
