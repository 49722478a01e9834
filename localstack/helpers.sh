# shellcheck shell=bash
# Short commands for trying Holdfast in bash; `.local/env` sources this file. They talk to the stack that the
# variables HOLDFAST_… name. `start`, `book` and `order` keep the id in ID; without an id, the others mean that.
#
# Exit status: 0 done; 1 refused, or the execution FAILED; 2 no answer. No command waits longer than PATIENCE
# seconds (120).

# trip [WORD…]: prints the input of a trip, a flight and a hotel, paid with tok_visa. Words:
#   hold= confirm= release=              a fault of the hotel, such as hold=refuse
#   authorize= capture= void= refund=    a fault of the payment, such as capture=unavailable
#   token=TOKEN, or unpaid               another payment token, or none, so that the booking waits
#   city=CODE  hold_seconds=N            the hotel's city; the time to pay
#   insurance                            one leg more
trip() {
    local word hotel='' money='' token=tok_visa city=LIS seconds=900 insurance='' payment
    for word in "$@"; do
        case $word in
            hold=* | confirm=* | release=*) hotel+="${hotel:+, }\"${word%%=*}\": \"${word#*=}\"" ;;
            authorize=* | capture=* | void=* | refund=*) money+="${money:+, }\"${word%%=*}\": \"${word#*=}\"" ;;
            token=*) token=${word#*=} ;;
            unpaid) token='' ;;
            city=*) city=${word#*=} ;;
            hold_seconds=*) seconds=${word#*=} ;;
            insurance) insurance=yes ;;
            *) _complain "trip: \`$word\` is not known; see localstack/helpers.sh" || return ;;
        esac
    done
    [ -z "$insurance" ] || insurance=',
          {"id": "cover", "kind": "insurance",
           "spec": {"from": "2027-03-01", "to": "2027-03-15", "travellers": 2}}'
    payment=${token:+", \"payment\": {\"token\": \"$token\", \"simulate\": {$money}}"}
    cat <<END
{"customer": {"id": "cus_1", "email": "traveller@example.com"},
 "legs": [{"id": "out", "kind": "flight",
           "spec": {"from": "GRU", "to": "LIS", "date": "2027-03-01", "passengers": 2}},
          {"id": "hotel", "kind": "hotel", "simulate": {$hotel},
           "spec": {"city": "$city", "check_in": "2027-03-01", "check_out": "2027-03-15", "guests": 2}}$insurance],
 "hold_seconds": $seconds$payment}
END
}

# start NAME [WORD… | file://PATH]: starts an execution named NAME-<seconds>, with such a trip.
start() {
    local input
    [ $# -gt 0 ] || _complain 'usage: start NAME [WORD… | file://PATH]' || return
    case ${2-} in
        file://*) input=$2 ;;
        *) input=$(trip "${@:2}") || return ;;
    esac
    ID=$1-$(date +%s)
    aws stepfunctions start-execution --state-machine-arn "$HOLDFAST_STATE_MACHINE_ARN" \
        --name "$ID" --input "$input" --query executionArn --output text >/dev/null || return 2
    echo "started $ID"
}

# ended [ID]: waits until the execution has ended, and shows how.
ended() {
    local id=${1:-$ID} found until=$((SECONDS + ${PATIENCE:-120}))
    while :; do
        found=$(_ask states AWSStepFunctions.DescribeExecution "{\"executionArn\": \"$(execution "$id")\"}") || return 2
        [[ $found =~ \"status\":\ ?\"([A-Z_]+)\" ]] || _complain "$id: $found" || return
        [ "${BASH_REMATCH[1]}" = RUNNING ] || break
        [ "$SECONDS" -lt "$until" ] || _complain "$id is still running; see: desk show $id" || return
        sleep 0.5
    done
    _show ended <<<"$found"
}

# book NAME [WORD… | file://PATH]: start, then ended.
book() {
    start "$@" >/dev/null && ended
}

# basket [WORD…]: prints the input of an order, two books, paid with tok_visa. Words:
#   sku=SKU  quantity=N                   other goods, or more of them
#   token=TOKEN  email=ADDRESS            another payment token, another customer
#   STEP=FAULT                            a fault of a step or an undo, such as ship_order=refuse
basket() {
    local word faults='' sku=BOOK-001 quantity=2 token=tok_visa email=buyer@example.com
    for word in "$@"; do
        case $word in
            sku=*) sku=${word#*=} ;;
            quantity=*) quantity=${word#*=} ;;
            token=*) token=${word#*=} ;;
            email=*) email=${word#*=} ;;
            *_*=*) faults+="${faults:+, }\"${word%%=*}\": \"${word#*=}\"" ;;
            *) _complain "basket: \`$word\` is not known; see localstack/helpers.sh" || return ;;
        esac
    done
    cat <<END
{"customer": {"id": "cus_1", "email": "$email"},
 "items": [{"sku": "$sku", "quantity": $quantity}],
 "deliver_to": {"name": "Example Buyer", "postcode": "01310-100", "city": "São Paulo", "country": "BR"},
 "payment": {"token": "$token"}, "simulate": {$faults}}
END
}

# order NAME [WORD… | file://PATH]: starts an execution named NAME-<seconds>, with such a basket; then ended.
order() {
    local input
    [ $# -gt 0 ] || _complain 'usage: order NAME [WORD… | file://PATH]' || return
    case ${2-} in
        file://*) input=$2 ;;
        *) input=$(basket "${@:2}") || return ;;
    esac
    ID=$1-$(date +%s)
    _ORDERS[$ID]=yes
    aws stepfunctions start-execution --state-machine-arn "$HOLDFAST_ORDER_STATE_MACHINE_ARN" \
        --name "$ID" --input "$input" >/dev/null || return 2
    ended
}

# execution [ID]: the ARN of the execution of a booking, or of an order that this shell has made.
execution() {
    local id=${1:-$ID} machine=$HOLDFAST_STATE_MACHINE_ARN
    [ -z "${_ORDERS[$id]-}" ] || machine=$HOLDFAST_ORDER_STATE_MACHINE_ARN
    echo "${machine/:stateMachine:/:execution:}:$id"
}

# wait_for STATUS [ID]: waits until a booking has a status; for awaiting_payment, until it takes a command, too.
wait_for() {
    local id=${2:-$ID} found status until=$((SECONDS + ${PATIENCE:-120}))
    [ $# -gt 0 ] || _complain 'usage: wait_for STATUS [ID]' || return
    while :; do
        found=$(_ask dynamodb DynamoDB_20120810.GetItem "{\"TableName\": \"$HOLDFAST_BOOKINGS_TABLE\",
            \"Key\": {\"pk\": {\"S\": \"BOOKING#$id\"}, \"sk\": {\"S\": \"BOOKING\"}}, \"ConsistentRead\": true,
            \"ProjectionExpression\": \"#status, waiting.taken\",
            \"ExpressionAttributeNames\": {\"#status\": \"status\"}}") || return 2
        [[ $found =~ \"status\":\ ?\{\"S\":\ ?\"([a-z_]+)\" ]] && status=${BASH_REMATCH[1]} || status='not there'
        # `taken` is a command that is being carried out.
        [ "$status" = "$1" ] && [[ $1 != awaiting_payment || $found != *'"taken"'* ]] && break
        case $status in
            booked | expired | cancelled | failed | needs_attention)
                _complain "$id is $status, and will not be $1" || return
                ;;
        esac
        [ "$SECONDS" -lt "$until" ] || _complain "$id is $status, not $1; see: desk show $id" || return
        sleep 0.5
    done
    echo "$1"
}

# tell COMMAND [VALUE]: sends the booking a command of its traveller, and shows the answer. COMMAND is one of
#   pay '{"token": "tok_visa"}'   cancel   add_leg '{"id": …}'   drop_leg '"hotel"'
tell() {
    local field='' file failed
    case ${1-} in
        pay) field=payment ;;
        add_leg | drop_leg) field=leg ;;
        cancel) ;;
        *) _complain 'usage: tell pay PAYMENT | tell cancel | tell add_leg LEG | tell drop_leg LEG_ID' || return ;;
    esac
    file=$(mktemp) || return 2
    failed=$(printf '%s' "{\"command\": \"$1\", \"booking_id\": \"$ID\"${field:+, \"$field\": ${2-}}}" |
        aws lambda invoke --function-name "$HOLDFAST_BOOKING_FUNCTION" --payload fileb:///dev/stdin \
            --query FunctionError --output text "$file")
    case $failed in
        None) cat "$file" && echo ;;
        ?*) _show refused <"$file" ;;
    esac
    rm -f "$file"
    case $failed in
        None) return 0 ;;
        ?*) return 1 ;;
        *) return 2 ;;
    esac
}

# api METHOD PATH [BODY [HEADER]]: asks the HTTP API, as the customer whose access token is TOKEN.
api() {
    local answer
    [ $# -gt 1 ] || _complain 'usage: api METHOD PATH [BODY [HEADER]]' || return
    answer=$(curl -sS --max-time 60 -w '\n%{http_code}' -X "$1" "$HOLDFAST_API_URL$2" \
        ${TOKEN:+-H "Authorization: Bearer $TOKEN"} \
        ${3:+-H 'Content-Type: application/json' -d "$3"} ${4:+-H "$4"}) || return 2
    printf '%s\n' "${answer%$'\n'*}"
    [ "${answer##*$'\n'}" -lt 400 ]
}

# field PATH: one field of the JSON that comes in, such as offers.0.price
field() {
    _show field "${1-}"
}

# leg LEG_ID QUERY: a leg, made from the first of the offers that answer.
leg() {
    local answer
    answer=$(api GET "/offers?${2-}") || { printf '%s\n' "$answer" >&2 && return 1; }
    _show leg "${1-}" <<<"$answer"
}

# follow [ID]: shows what is new in a booking's history, until the booking waits for its traveller or has ended.
follow() {
    local id=${1:-$ID} answer actions until=$((SECONDS + ${PATIENCE:-120}))
    [ "$id" = "${_FOLLOWED-}" ] || _AFTER=''
    _FOLLOWED=$id
    while [ "$SECONDS" -lt "$until" ]; do
        # Asked for first, so that all that has led to them is among the events.
        answer=$(api GET "/bookings/$id") || { printf '%s\n' "$answer" >&2 && return 1; }
        actions=$(field actions <<<"$answer") || return 2
        [ "$actions" = '[]' ] && answer='&wait=20' || answer=''
        answer=$(api GET "/bookings/$id/events?after=$_AFTER$answer") || { printf '%s\n' "$answer" >&2 && return 1; }
        _show news <<<"$answer" || return 2
        _AFTER=$(field next <<<"$answer")
        [ "$(field ended <<<"$answer") $actions" = 'false []' ] || return 0
    done
    _complain "$id neither waits for its traveller nor has ended"
}

# desk COMMAND …: the operator's program.
desk() {
    USER=${USER:-$(id -un)} "$HOLDFAST_PROGRAMS/desk" "$@"
}

# With curl, since each call of the AWS CLI keeps a core busy for half a second.
_ask() {
    curl -sS --max-time 20 --aws-sigv4 "aws:amz:$AWS_REGION:$1" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \
        -H 'Content-Type: application/x-amz-json-1.0' -H "X-Amz-Target: $2" -d "$3" "$AWS_ENDPOINT_URL/"
}

_show() {
    python3 "$(dirname "$HOLDFAST_HELPERS")/control/answers.py" "$@"
}

_complain() {
    printf 'holdfast: %s\n' "$1" >&2
    return 2
}

HOLDFAST_HELPERS=${BASH_SOURCE[0]} # where this file is
declare -A _ORDERS                # the orders that this shell has made
