# Sourced by the scripts that start Tidemill; POSIX sh. They set `home` (the directory this repository or installation is in) and
# call `launch MODULE MAIN-CLASS [ARGUMENT...]`, which finds a JDK, builds what is missing or out of date, and becomes the JVM.
#
# What it reads and writes below `target`:
#   tidemill.args      the JVM's flags and class path, written by the build of module `shell`; its first line names its directory
#   MODULE.classpath   what module MODULE adds to that class path, written by its build
#   aot/*.aot          the AOT caches, two per JDK, made by running shell/src/aot/training.sql and some times rounds.sql: one for what
#                      goes on running, and one for -c and -f (once)
#   build.log          what the last build said; launch.lock: held while one builds or trains
#
# Environment: TIDEMILL_JAVA_HOME (before JAVA_HOME), TIDEMILL_JAVA_OPTIONS (further JVM flags), TIDEMILL_CLASSPATH (jars and
# directories of users' functions), TIDEMILL_AOT=off (no AOT cache).

say() {
  printf '%s\n' "tidemill: $*" >&2
}

# Is there a JDK in directory $1? Then `jdk_version` is its version, as its `release` file has it (25.0.1+8-LTS), and `jdk_major` 25.
read_jdk() {
  jdk_version=
  [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 1
  while IFS='=' read -r key value || [ -n "$key" ]; do
    value=${value#\"}
    value=${value%\"}
    case $key in
      JAVA_RUNTIME_VERSION) jdk_version=$value ;;
      JAVA_VERSION) jdk_version=${jdk_version:-$value} ;;
    esac
  done < "$1/release"
  jdk_major=${jdk_version%%[!0-9]*}
  [ -n "$jdk_major" ]
}

# Sets `jdk` to the home of a JDK 25: what the environment names if that is 25 or newer, else a 25 in one of the usual places.
find_jdk() {
  for jdk in "${TIDEMILL_JAVA_HOME-}" "${JAVA_HOME-}"; do
    [ -n "$jdk" ] && read_jdk "$jdk" && [ "$jdk_major" -ge 25 ] && return
  done
  for jdk in /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /usr/local/java/* /opt/* /opt/java/* /opt/jdk/* \
    "${HOME-}"/.sdkman/candidates/java/* "${HOME-}"/.jdks/* "${HOME-}"/.asdf/installs/java/* "${HOME-}"/.local/share/mise/installs/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "${HOME-}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    read_jdk "$jdk" && [ "$jdk_major" -eq 25 ] && return
  done
  on_path=$(command -v java) && on_path=$(readlink -f "$on_path" 2>/dev/null) && jdk=${on_path%/bin/java} \
    && read_jdk "$jdk" && [ "$jdk_major" -ge 25 ] && return
  jdk=
  say "needs a JDK 25 and found none. Looked at:"
  describe_jdk TIDEMILL_JAVA_HOME "${TIDEMILL_JAVA_HOME-}"
  describe_jdk JAVA_HOME "${JAVA_HOME-}"
  printf '  %s\n' "/usr/lib/jvm, /usr/lib64/jvm, /usr/java, /usr/local/java, /opt, /opt/java, /opt/jdk" \
    "~/.sdkman/candidates/java, ~/.jdks, ~/.asdf/installs/java, ~/.local/share/mise/installs/java" \
    "/Library/Java/JavaVirtualMachines, ~/Library/Java/JavaVirtualMachines, Homebrew's openjdk" \
    "java on the PATH (${on_path:-none})" >&2
  say "install one, for example Eclipse Temurin 25, or let JAVA_HOME name it."
  return 1
}

describe_jdk() {
  if [ -z "$2" ]; then
    printf '  %s\n' "$1 (not set)" >&2
  elif read_jdk "$2"; then
    printf '  %s\n' "$1=$2 (is $jdk_version)" >&2
  else
    printf '  %s\n' "$1=$2 (no JDK there)" >&2
  fi
}

# Is what module $1 runs from missing, or older than the sources? A directory without sources is never out of date.
is_stale() {
  stamp=$home/target/tidemill.args
  [ "$1" = shell ] || stamp=$home/target/$1.classpath
  [ -f "$home/pom.xml" ] || return 1
  [ -s "$stamp" ] || return 0
  set -- "$1" "$home/pom.xml"
  for pom in "$home"/*/pom.xml "$home"/connectors/*/pom.xml; do
    directory=${pom%/pom.xml}
    case $directory in
      "$home/$1") ;;
      */tpch-tests | */testing | */benchmarks | */\*) continue ;;
    esac
    set -- "$@" "$pom"
    for sources in "$directory/src/main" "$directory/src/launcher"; do
      [ ! -d "$sources" ] || set -- "$@" "$sources"
    done
  done
  shift
  [ -n "$(find "$@" -newer "$stamp" -print -quit 2>/dev/null)" ]
}

# Runs the rest of its arguments holding the lock; with `try` as the first, does nothing where another holds it.
locked() {
  wait_or_try=$1
  shift
  if ! mkdir -p "$home/target" 2>/dev/null || ! [ -w "$home/target" ]; then
    say "$home/target cannot be written: build with ./mvnw package as its owner"
    return 1
  fi
  if command -v flock >/dev/null; then
    (
      if ! flock -n 9; then
        [ "$wait_or_try" != try ] || exit 0
        say "waiting for another start, which builds"
        flock 9
      fi
      "$@" 9>&-
    ) 9>"$home/target/launch.lock"
  else
    until mkdir "$home/target/launch.lock.d" 2>/dev/null; do
      owner=$(cat "$home/target/launch.lock.d/owner" 2>/dev/null)
      if [ -n "$owner" ] && ! kill -0 "$owner" 2>/dev/null; then
        rm -rf "$home/target/launch.lock.d"
      elif [ "$wait_or_try" = try ]; then
        return 0
      else
        [ -n "${waits-}" ] || say "waiting for another start, which builds"
        waits=yes
        sleep 1
      fi
    done
    (
      trap 'rm -rf "$home/target/launch.lock.d"' EXIT
      sh -c 'echo $PPID' > "$home/target/launch.lock.d/owner"
      "$@"
    )
  fi
}

# Builds module $1, unless another has done so while we waited for the lock.
build() {
  is_stale "$1" || return 0
  say "building, which takes some minutes the first time (it fetches libraries); the log is target/build.log"
  : > "$home/target/build.start"
  modules=shell
  [ "$1" = shell ] || modules=shell,$1
  if ! (
    cd "$home" && JAVA_HOME=$jdk MAVEN_OPTS="--sun-misc-unsafe-memory-access=allow ${MAVEN_OPTS-}" \
      ./mvnw -B -ntp -q -Dfast -DskipTests -pl "$modules" -am package < /dev/null > target/build.log 2>&1
  ); then
    say "the build failed; the end of target/build.log:"
    tail -n 30 "$home/target/build.log" >&2
    return 1
  fi
  # What is edited while the build runs counts as newer than it.
  touch -r "$home/target/build.start" "$home/target/tidemill.args"
  [ "$1" = shell ] || touch -r "$home/target/build.start" "$home/target/$1.classpath"
  train
}

# The AOT cache of a process of kind $1, `lasting` or `once`.
cache_of() {
  printf '%s' "$home/target/aot/tidemill-$jdk_version-$1.aot"
}

# Is the AOT cache $1 newer than what it was made from? The JVM does not see it: of jars it takes classes that were in others of their place.
is_trained() {
  [ "$1" -nt "$home/target/tidemill.args" ] && [ -z "$(find "$home/target/lib" -newer "$1" -print -quit 2>/dev/null)" ]
}

# Makes the AOT caches, each by running the training statements. What goes on running is trained until C2 has compiled what is hot; what runs
# once without C2, so that none of it is compiled by C2 at once, and for less long, so that fewer methods are compiled by C1 ahead.
train() {
  [ "${TIDEMILL_AOT-}" != off ] || return 0
  find "$home/target/aot" -name "*.aot" ! -name "tidemill-$jdk_version-*" -exec rm -f {} + 2>/dev/null
  never=2000000000
  train_for once 6 -XX:Tier4InvocationThreshold=$never -XX:Tier4MinInvocationThreshold=$never -XX:Tier4CompileThreshold=$never \
    -XX:Tier4BackEdgeThreshold=$never
  train_for lasting 25
}

# Makes the AOT cache of kind $1 by $2 rounds, with the rest as further JVM flags. A failure leaves an empty file, so that not every start
# tries again.
train_for() {
  cache=$(cache_of "$1")
  rounds=$2
  shift 2
  ! is_trained "$cache" || return 0
  rm -rf "$cache"* "$home/target/training"
  mkdir -p "$home/target/aot" "$home/target/training"
  : > "$cache.begun"
  (
    cd "$home/target/training" || exit
    cat "$home/shell/src/aot/training.sql" > statements.sql
    while [ "$rounds" -gt 0 ]; do
      cat "$home/shell/src/aot/rounds.sql"
      rounds=$((rounds - 1))
    done >> statements.sql
    nice -n 10 "$jdk/bin/java" "@$home/target/tidemill.args" "$@" -XX:AOTCacheOutput="$cache.new" dev.tidemill.shell.Main -f statements.sql < /dev/null
  ) > "$home/target/training.log" 2>&1
  [ -s "$cache.new" ] || : > "$cache.new"
  # What is built while this runs counts as newer than it.
  touch -r "$cache.begun" "$cache.new"
  mv -f "$cache.new" "$cache"
  rm -rf "$cache".new* "$cache.begun" "$home/target/training"
}

# Where the directory has been moved since the build: puts its new place into the files that name the old one.
relocate() {
  built_in=$(sed -n '1s/^# //p' "$home/target/tidemill.args")
  for file in "$home"/target/tidemill.args "$home"/target/*.classpath; do
    [ -f "$file" ] || continue
    sed "s|$built_in/|$home/target/|g; 1s|^# .*|# $home/target|" "$file" > "$file.new" && touch -r "$file" "$file.new" && mv -f "$file.new" "$file"
  done
}

# The heap for `--memory SIZE` among the arguments: 45% of it, but 512 MB at least; most of what queries hold lies outside the heap.
heap_of() {
  size=
  while [ $# -gt 0 ]; do
    case $1 in
      --memory) size=${2-} ;;
      --memory=*) size=${1#--memory=} ;;
    esac
    shift
  done
  number=${size%%[!0-9]*}
  case $size in
    "$number"[gG]*) megabytes=$((number * 1000)) ;;
    "$number"[mM]*) megabytes=$number ;;
    *) return 0 ;;
  esac
  [ -n "$number" ] || return 0
  megabytes=$((megabytes * 45 / 100))
  [ "$megabytes" -ge 512 ] || megabytes=512
  printf '%s' "-Xmx${megabytes}m"
}

# Do the arguments say what to run, so that the process ends with it?
is_one_shot() {
  for argument in "$@"; do
    case $argument in
      -c | -f) return 0 ;;
    esac
  done
  return 1
}

# Starts main class $2 of module $1 with the rest as its arguments, in place of this shell.
launch() {
  module=$1
  shift
  find_jdk || exit 1
  if is_stale "$module"; then
    locked wait build "$module" || exit 1
  fi
  arguments=$home/target/tidemill.args
  if ! IFS= read -r first_line < "$arguments"; then
    say "$arguments is missing or empty: build with ./mvnw package"
    exit 1
  fi
  [ "${first_line#\# }" -ef "$home/target" ] || locked wait relocate
  if [ "${TIDEMILL_AOT-}" != off ]; then
    kind=lasting
    compilation=
    if is_one_shot "$@"; then
      # C1 does most of what runs once. What was hot in training it compiles at once, and C2 goes by the profiles of the training: C1's code
      # does not go on with them, which would take a loop three times as long. C2, which competes with the query for the cores, comes to a
      # method after forty times the calls and to a loop after four million rounds. Each notice of 8,192 more rounds takes 10 µs, so there
      # are fewer.
      kind=once
      compilation='-XX:-C1UpdateMethodData -XX:Tier4InvocationThreshold=200000 -XX:Tier4CompileThreshold=600000
        -XX:Tier4MinInvocationThreshold=24000 -XX:Tier4BackEdgeThreshold=4000000 -XX:Tier2BackedgeNotifyFreqLog=17
        -XX:Tier3BackedgeNotifyFreqLog=17'
    fi
    cache=$(cache_of $kind)
    if ! is_trained "$cache"; then
      (locked try train < /dev/null > /dev/null 2>&1 &)
    elif [ -s "$cache" ]; then
      # A cache that does not fit what runs is left unused, without a word. It is mapped where its addresses are right as they are.
      # C2 compiles at once what was hot in training of the lasting one, which makes planning warm sooner.
      # shellcheck disable=SC2086 -- several flags in one variable
      set -- "-XX:AOTCache=$cache" '-Xlog:aot*=off' '-Xlog:cds*=off' -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0 $compilation "$@"
    fi
  fi
  # What stands behind the class path of the shell, which the AOT cache knows.
  more=
  [ "$module" = shell ] || more=:$(cat "$home/target/$module.classpath")
  more=$more${TIDEMILL_CLASSPATH:+:$TIDEMILL_CLASSPATH}
  if [ -n "$more" ]; then
    set -- -cp "$(sed -n 's/^-cp "\(.*\)"$/\1/p' "$arguments")$more" "$@"
  fi
  heap=$(heap_of "$@")
  # Which of stdin, stdout and stderr are terminals; a JVM cannot ask for each.
  terminals=
  for stream in 0 1 2; do
    [ ! -t "$stream" ] || terminals=$terminals$stream
  done
  # shellcheck disable=SC2086 -- several flags in one variable
  exec "$jdk/bin/java" "@$arguments" "-Dtidemill.home=$home" "-Dtidemill.terminals=$terminals" $heap ${TIDEMILL_JAVA_OPTIONS-} "$@"
}
