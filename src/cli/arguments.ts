/**
 * The command line.
 */
import { parseArgs } from 'node:util'

export type Command =
  | { readonly command: 'start'; readonly configFile: string | undefined }
  | { readonly command: 'print'; readonly text: string }
  | { readonly command: 'refuse'; readonly message: string }

const USAGE = `Usage: cordboard [start] [OPTION]...

Takes SIP calls and does with them what cordboard.yaml says; without that file, what the built-in demo does.

  -c, --config FILE   the configuration; else CORDBOARD_CONFIG, else ./cordboard.yaml if there is one
      --version       print the version and end
  -h, --help          print this and end

README.md lists the settings and the environment variables that replace them.
`

/** `given`: what follows the name of the program. */
export function readArguments(given: readonly string[], version: string): Command {
  try {
    const { values, positionals } = parseArgs({
      args: [...given],
      options: {
        config: { type: 'string', short: 'c' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean' },
      },
      allowPositionals: true,
    })
    if (values.help) return { command: 'print', text: USAGE }
    if (values.version) return { command: 'print', text: `${version}\n` }
    const [command = 'start', ...more] = positionals
    const unknown = command === 'start' ? more[0] : command
    if (unknown !== undefined) return { command: 'refuse', message: `There is no command ${unknown}; try --help.` }
    return { command: 'start', configFile: values.config }
  } catch (error) {
    return { command: 'refuse', message: `${error instanceof Error ? error.message : error}; try --help.` }
  }
}
