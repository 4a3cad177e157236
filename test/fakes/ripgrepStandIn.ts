/**
 * A shell script in the place of ripgrep, for machines without one: with `--files` it lists what ripgrep would, but for
 * what is ignored; it searches nothing. The real one runs in the host tests.
 */
export const ripgrepStandIn = `#!/bin/sh
case "$*" in *--files*) ;; *) exit 1;; esac
case "$*" in *--type=*) exit 2;; esac
[ "$RIPGREP_CONFIG_PATH" = "" ] || exit 2
for last; do :; done
case "$*" in *--hidden*) exec find "$last" -type f -print0;; esac
exec find "$last" -type f -not -path "*/.[!/]*" -print0
`;
