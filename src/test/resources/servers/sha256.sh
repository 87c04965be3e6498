#!/bin/sh
# What sha256 of the BSDs does with -q and -r, by GNU sha256sum: "hash", or "hash name" with the name as it is.
# Without a flag: "SHA256 (name) = hash".
PATH=/usr/bin:/bin
style=
while getopts qr flag; do
    case $flag in
        q | r) style=$flag ;;
        *)
            echo "usage: sha256 [-qr] [file ...]" >&2
            exit 1
            ;;
    esac
done
shift $((OPTIND - 1))
status=0
for name; do
    hash=$(sha256sum <"$name" 2>/dev/null)
    if [ -z "$hash" ]; then
        echo "sha256: $name: No such file or directory" >&2
        status=1
        continue
    fi
    hash=${hash%% *}
    case $style in
        q) printf '%s\n' "$hash" ;;
        r) printf '%s %s\n' "$hash" "$name" ;;
        *) printf 'SHA256 (%s) = %s\n' "$name" "$hash" ;;
    esac
done
exit $status
