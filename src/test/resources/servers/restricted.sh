#!/bin/sh
# A restricted shell, such as hosters of storage offer: SFTP, or one plain sha256sum, of one file where $ONE_FILE is set.
# It knows quotes, and nothing else of a shell.
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
[ $# -eq 1 ] || [ -z "$ONE_FILE" ] || refuse
exec sha256sum -- "$@"
