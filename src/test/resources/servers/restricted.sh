#!/bin/sh
# A restricted shell, such as hosters of storage offer: SFTP, or one plain sha256sum. It knows quotes, and nothing else of a shell.
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
exec "$@"
