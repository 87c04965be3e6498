#!/bin/sh
# A NAS: its SFTP shows under $MOUNT what a command finds under $VOLUME.
case $SSH_ORIGINAL_COMMAND in
    internal-sftp) exec unshare --mount sh -c 'mount --bind "$VOLUME" "$MOUNT" && exec "$SFTP_SERVER"' ;;
    *) exec sh -c "$SSH_ORIGINAL_COMMAND" ;;
esac
