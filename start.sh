#!/usr/bin/env bash
# Starts the studio with Docker: looks whether it can, makes secrets once, builds, waits, says where it is.
#
#   ./start.sh            start, or start again after a change
#   ./start.sh --gpu      the same with this machine's NVIDIA GPUs for the generators
#   ./start.sh --down     stop; films, accounts and secrets stay
#   ./start.sh --reset    stop and remove everything: films, accounts, secrets (asks first; --yes answers)
#
# FILM_GRPC_PORT, FILM_HTTP_PORT, FILM_S3_PORT, FILM_BIND and the others of deploy/docker/compose.yaml are taken from
# the environment, else from deploy/docker/.env.
set -euo pipefail
cd "$(dirname "$0")/deploy/docker"

ENV_FILE=${FILM_ENV_FILE:-.env}
DISK_GB_MIN=${FILM_DISK_GB_MIN:-15}
WAIT_SECONDS_MAX=${FILM_WAIT_SECONDS_MAX:-600}
POLL_SECONDS=${FILM_POLL_SECONDS:-2}
SERVICES="gateway jobs imagegen videogen audiogen composer"

fail() {
    echo "start.sh: $1" >&2
    [ $# -lt 2 ] || echo "  cure: $2" >&2
    exit 1
}

usage() { sed -n '2,10s/^# \{0,1\}//p' "../../start.sh"; }

compose() {
    local files=(-f compose.yaml)
    [ -z "$gpu" ] || files+=(-f compose.gpu.yaml)
    docker compose --env-file "$ENV_FILE" "${files[@]}" "$@"
}

# A setting of .env, unless the environment has it: compose prefers the environment, too.
setting() {
    local value=${!1:-}
    [ -n "$value" ] || value=$(sed -n "s/^$1=//p" "$ENV_FILE" 2>/dev/null | tail -n 1)
    echo "${value:-$2}"
}

need_docker() {
    command -v docker >/dev/null || fail "docker is not installed" "https://docs.docker.com/engine/install/"
    docker info >/dev/null 2>&1 || fail "docker does not answer" "start it, and see that you may use it: docker info"
    docker compose version >/dev/null 2>&1 || fail "docker has no compose" \
        "install the compose plugin: https://docs.docker.com/compose/install/"
}

need_gpu() {
    command -v nvidia-smi >/dev/null && nvidia-smi -L >/dev/null 2>&1 ||
        fail "--gpu, but nvidia-smi shows none" "install NVIDIA's driver, or start without --gpu"
    docker info --format '{{json .Runtimes}} {{json .CDISpecDirs}}' 2>/dev/null | grep -q nvidia ||
        fail "docker knows no NVIDIA runtime" \
            "install nvidia-container-toolkit, then: nvidia-ctk runtime configure --runtime=docker"
}

need_disk() {
    local free_kb
    free_kb=$(df -Pk . | awk 'NR == 2 {print $4}')
    [ "$free_kb" -ge $((DISK_GB_MIN * 1024 * 1024)) ] ||
        fail "$((free_kb / 1024 / 1024)) GB of disk are free; images and films need $DISK_GB_MIN GB" \
            "make room (docker system df), or set FILM_DISK_GB_MIN"
}

need_port() {
    local port
    port=$(setting "$1" "$2")
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
        fail "port $port is taken by another program" "$1=$((port + 1000)) ./start.sh, or end that program"
    fi
}

# Our own studio holds its ports while it runs.
need_ports() {
    [ -z "$(compose ps -q gateway 2>/dev/null)" ] || return 0
    need_port FILM_GRPC_PORT 8484
    need_port FILM_HTTP_PORT 8485
    need_port FILM_S3_PORT 8486
}

# Begins with a letter: nats-server reads some words that begin with a digit as numbers.
secret() { echo "s$(od -An -N20 -tx1 /dev/urandom | tr -d ' \n')"; }

make_secrets() {
    [ ! -e "$ENV_FILE" ] || return 0
    local new name
    new=$(mktemp "$ENV_FILE.XXXXXX")
    chmod 600 "$new"
    {
        echo "# Made once by start.sh. Who changes a password here must change it in the volumes, too."
        echo "FILM_OPERATOR_EMAIL=${FILM_OPERATOR_EMAIL:-operator@film.example}"
        for name in OPERATOR_PASSWORD POSTGRES_ADMIN_PASSWORD POSTGRES_GATEWAY_PASSWORD POSTGRES_JOBS_PASSWORD \
            NATS_JOBS_PASSWORD NATS_IMAGEGEN_PASSWORD NATS_VIDEOGEN_PASSWORD NATS_AUDIOGEN_PASSWORD \
            NATS_COMPOSER_PASSWORD S3_JOBS_ACCESS_KEY S3_JOBS_SECRET_KEY S3_GENERATOR_ACCESS_KEY \
            S3_GENERATOR_SECRET_KEY; do
            echo "FILM_$name=$(secret)"
        done
    } >"$new"
    mv "$new" "$ENV_FILE"
    echo "made secrets: deploy/docker/$ENV_FILE"
}

health_of() {
    local id
    id=$(compose ps -q --all "$1" | head -n 1)
    [ -n "$id" ] || return 0
    docker inspect --format '{{if .State.Health}}{{.State.Health.Status}}{{else}}{{.State.Status}}{{end}}' "$id"
}

wait_until_healthy() {
    local deadline=$((SECONDS + WAIT_SECONDS_MAX)) awaited service
    while :; do
        awaited=""
        for service in $SERVICES; do
            [ "$(health_of "$service")" = healthy ] || awaited="$awaited $service"
        done
        [ -n "$awaited" ] || return 0
        if [ "$SECONDS" -ge "$deadline" ]; then
            compose logs --tail 20 $awaited >&2 || true
            fail "not ready after $WAIT_SECONDS_MAX s:$awaited" "read the lines above, then ./start.sh again"
        fi
        sleep "$POLL_SECONDS"
    done
}

start() {
    need_docker
    [ -z "$gpu" ] || need_gpu
    need_disk
    make_secrets
    need_ports
    compose up --detach --build || fail "compose could not start it; its words are above"
    echo "waiting for $SERVICES"
    wait_until_healthy
    echo "Film Studio is ready"
    echo "  HTTP and pages  http://127.0.0.1:$(setting FILM_HTTP_PORT 8485)/docs"
    echo "  gRPC            127.0.0.1:$(setting FILM_GRPC_PORT 8484)"
    echo "  sign in as      $(setting FILM_OPERATOR_EMAIL operator@film.example)," \
        "password: FILM_OPERATOR_PASSWORD in deploy/docker/$ENV_FILE"
}

down() {
    need_docker
    [ -e "$ENV_FILE" ] || fail "nothing to stop: there is no deploy/docker/$ENV_FILE"
    compose down --remove-orphans
}

reset() {
    need_docker
    [ -e "$ENV_FILE" ] || fail "nothing to remove: there is no deploy/docker/$ENV_FILE"
    if [ -z "$yes" ]; then
        read -r -p "Remove all films, accounts and secrets of this studio? Type yes: " answer || answer=""
        [ "$answer" = yes ] || fail "nothing was removed"
    fi
    compose down --remove-orphans --volumes
    rm -f "$ENV_FILE"
}

gpu="" yes="" verb=start
for argument in "$@"; do
    case "$argument" in
    --gpu) gpu=1 ;;
    --down) verb=down ;;
    --reset) verb=reset ;;
    --yes) yes=1 ;;
    -h | --help) usage && exit 0 ;;
    *) usage >&2 && fail "unknown: $argument" ;;
    esac
done
"$verb"
