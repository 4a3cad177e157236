/** What `--help` says. */
export const HELP = `Usage: openrouter-agent [options] [prompt]
       openrouter-agent auth login|list|logout
       openrouter-agent models [search] [--tools] [--json]
       openrouter-agent sessions [--cwd <folder>] [--json]

A coding agent for every model on OpenRouter, in this folder. The prompt is an argument or standard input; "-" beside
a prompt sends standard input along with it. Standard input may be JSON:
  {"message": "…", "tools": [{"name": "grep", "params": {"pattern": "TODO"}}]}
The tools run first and their results go with the message. Without a message they are printed, and no model is asked.

Options
  -m, --model <id>          such as z-ai/glm-4.7; "built-in" follows rules and calls no model
  -C, --cwd <folder>        the folder to work in (here)
      --approve <what>      none: it only reads (default); edits: it changes files of the folder, but protected ones;
                            all: whatever it asks for, commands, the web and other folders too
      --mode <mode>         ask: it reads and answers, whatever is approved; agent: it works (default)
      --budget <dollars>    what the session may cost, in US dollars
  -r, --resume <id>         go on with a session; "last" is the newest of this folder
      --image <file>        send a picture along; may be given several times
      --effort <effort>     how long the model thinks: none, minimal, low, medium, high, xhigh, max
      --max-requests <n>    requests to the model in one turn (50)
      --system-append <text>  add to the instructions of a new session
  -o, --output <form>       text: the answer (default); json: one object at the end; stream: JSON lines as they come
      --json-standard claude  JSON in the form of Claude Code's stream-json
  -q, --quiet               no progress on standard error
  -V, --version             print the version
  -h, --help                print this

Account
  auth login                sign in through the browser; --no-browser only prints the address
  auth login --key -        take a key from standard input; --key <key> from here, where others may see it
  auth login --import       take the key that opencode has on this machine
  auth list                 which key is used, and where it comes from; --json
  auth logout               forget the stored key

Environment
  OPENROUTER_API_KEY        the key; comes before a stored one
  OPENROUTER_BASE_URL       another address of the service
  OPENROUTER_AGENT_HOME     one folder for settings, key, sessions and spending
  OPENROUTER_AGENT_DEBUG    1: errors come with their stack
  NO_COLOR                  no colours

Exit codes
  0  done                        5  model unknown, without a provider, or not able to do this
  1  internal error              6  rate limit, outage, network: may pass by itself
  2  wrong use                   7  refused for its content, or not permitted
  3  no key, or a wrong one      8  came to a limit or a loop; go on with --resume
  4  credit, limit or budget     130  stopped by Ctrl-C (143 by SIGTERM); go on with --resume
`;
