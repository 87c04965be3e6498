#!/bin/sh
# A crude restricted shell: it splits at spaces and runs the words, so that quotes reach the program as they are.
newline='
'
set -f
case $SSH_ORIGINAL_COMMAND in
    internal-sftp) exec "$SFTP_SERVER" ;;
    *[\;\&\|\>\<\$\`\(\)]* | *"$newline"*) ;;
    "sha256sum "*) exec $SSH_ORIGINAL_COMMAND ;;
esac
echo "This account may not run: $SSH_ORIGINAL_COMMAND" # as many do, on stdout
exit 1
