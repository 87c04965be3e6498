#!/bin/sh
# As restricted.sh, but for a single file per command.
refuse() {
    echo "Command not allowed" >&2
    exit 1
}

newline='
'
set -f
case $SSH_ORIGINAL_COMMAND in
    internal-sftp) exec "$SFTP_SERVER" ;;
    *[\;\&\|\>\<\$\`\(\)]* | *"$newline"*) refuse ;;
esac
eval "set -- $SSH_ORIGINAL_COMMAND" || refuse
[ "$1" = sha256sum ] || refuse
shift
[ "$1" != -- ] || shift
[ $# -eq 1 ] || refuse
exec sha256sum -- "$1"
