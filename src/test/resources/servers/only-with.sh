#!/bin/sh
# A shell that has the programs in $BIN and no others, whatever the profile of the user who runs the tests adds.
case $SSH_ORIGINAL_COMMAND in
    internal-sftp) exec "$SFTP_SERVER" ;;
esac
PATH=$BIN
exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"
