/** What a command is known to do to more than the files of the workspace. */
export type CommandClass = 'interpreter' | 'wrapper' | 'network' | 'packages' | 'destructive' | 'changesFolder';

const classes: ReadonlyMap<string, CommandClass> = new Map<string, CommandClass>(
	Object.entries({
		interpreter:
			'sh bash zsh dash fish ksh csh tcsh ash busybox pwsh powershell cmd nu xonsh elvish python pypy ipython node ' +
			'nodejs deno bun tsx ts-node perl ruby irb php lua luajit tclsh expect awk gawk mawk nawk sed ed ex vi vim nvim ' +
			'view emacs nano less more man make gmake ninja cmake meson just task rake gradle gradlew mvn mvnw ant bazel sbt ' +
			'java jshell groovy kotlin scala julia r rscript octave swift ghci runghc ocaml guile racket sbcl clojure elixir ' +
			'iex erl escript dotnet-script gdb lldb sqlite3 psql mysql mongosh redis-cli osascript wscript cscript jq yq bc dc ' +
			'm4 tmux screen script at batch crontab',
		wrapper:
			'env sudo doas su runuser chroot nsenter unshare firejail bwrap nohup nice ionice timeout time watch xargs parallel ' +
			'strace ltrace setsid stdbuf unbuffer entr exec eval source . command builtin trap alias unalias hash enable export ' +
			'declare typeset local readonly set unset shopt bind complete coproc wait read mapfile readarray printf test [ find ' +
			'fd fdfind flock chronic direnv dotenv xdg-open open start rundll32 systemd-run systemctl launchctl service docker ' +
			'podman kubectl vagrant if then else elif fi for while until do done case esac select function in { } ! [[ ]]',
		network:
			'curl wget ssh scp sftp rsync ftp telnet nc ncat netcat socat ping ping6 traceroute tracepath mtr nslookup dig host ' +
			'getent whois nmap openssl aria2c http https xh httpie gh glab aws gcloud az heroku vercel netlify terraform ' +
			'ansible ansible-playbook rclone mail sendmail',
		packages:
			'npm npx pnpm pnpx yarn yarnpkg bunx corepack pip pipx uv uvx poetry pdm hatch conda mamba easy_install gem bundle ' +
			'bundler cargo rustup go composer cpan cpanm luarocks nuget dotnet brew port apt apt-get aptitude dpkg yum dnf rpm ' +
			'pacman zypper apk snap flatpak nix nix-env nix-shell guix opam stack cabal mix rebar3 lein pod carthage choco ' +
			'scoop winget vcpkg conan sdk asdf mise volta nvm',
		destructive:
			'rm rmdir unlink shred dd mkfs fdisk parted mount umount mv cp ln install truncate tee chmod chown chgrp chattr ' +
			'setfacl kill pkill killall shutdown reboot halt poweroff useradd userdel usermod passwd visudo iptables sysctl ' +
			'modprobe insmod tar unzip zip gzip gunzip 7z patch',
		changesFolder: 'cd pushd popd',
	} satisfies Record<CommandClass, string>).flatMap(([kind, names]) =>
		// The keys of the literal above are its classes.
		names.split(' ').map(name => [name, kind as CommandClass] as const),
	),
);

/** What the name stands for, version and ending aside: `python3.11` is python. */
export function commandClass(name: string): CommandClass | undefined {
	const file = (name.split('/').at(-1) ?? '').toLowerCase().replace(/\.(?:exe|cmd|bat|com)$/, '');
	return classes.get(file) ?? classes.get(file.replace(/[\d.-]+$/, ''));
}
