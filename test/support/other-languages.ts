/** Runs the examples of docs/verify-elsewhere.md in other languages, where their libraries are installed. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { SECRET } from './live-portero.ts';
import { programOf } from './page-code.ts';

export interface Language {
  /** The heading on the page. */
  heading: string;
  algorithms: ('HS256' | 'ES256' | 'RS256')[];
  isInstalled: () => boolean;
  file: string;
  /** Stands behind the code of the page: reads tokens, and writes the `sub` of each, or that it is refused. */
  driver: string;
  /** @returns what runs the file */
  command: (file: string) => string[];
}

const runs = (program: string, ...args: string[]) => spawnSync(program, args).status === 0;

/** Debian's own, where another one of that name stands before it. */
const python = () =>
  ['python3', '/usr/bin/python3'].find((name) => runs(name, '-c', 'import jwt, cryptography'));

const PYTHON = {
  isInstalled: () => python() !== undefined,
  file: 'verify.py',
  driver: `
import json
import sys

for line in sys.stdin:
    try:
        print(json.dumps(verify(line.strip())["sub"]))
    except jwt.PyJWTError:
        print('"refused"')
`,
  command: (file: string) => [python() ?? '', file],
};

/** Where Debian puts the sources of Go's modules. */
const GO_PATH = '/usr/share/gocode';

export const LANGUAGES: Language[] = [
  { ...PYTHON, heading: 'PyJWT', algorithms: ['ES256', 'RS256'] },
  { ...PYTHON, heading: 'PyJWT, with the secret', algorithms: ['HS256'] },
  {
    heading: 'jwt',
    algorithms: ['ES256', 'RS256'],
    isInstalled: () => runs('ruby', '-r', 'jwt', '-e', ''),
    file: 'verify.rb',
    driver: `
$stdin.each_line do |line|
  puts verify(line.strip)['sub'].to_json
rescue JWT::DecodeError
  puts '"refused"'
end
`,
    command: (file) => ['ruby', file],
  },
  {
    heading: 'golang-jwt',
    algorithms: ['ES256'],
    isInstalled: () =>
      existsSync(join(GO_PATH, 'src/github.com/golang-jwt/jwt/v5')) && runs('go', 'version'),
    file: 'verify.go',
    driver: `
func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		claims, err := verify(lines.Text())
		if err != nil {
			fmt.Println("\\"refused\\"")
		} else {
			fmt.Printf("%q\\n", claims["sub"])
		}
	}
}
`,
    command: (file) => ['go', 'run', file],
  },
  {
    heading: 'Crypt::JWT',
    algorithms: ['ES256', 'RS256'],
    isInstalled: () => runs('perl', '-MCrypt::JWT', '-e', '1'),
    file: 'verify.pl',
    driver: `
while (my $line = <STDIN>) {
    chomp $line;
    my $claims = eval { verify($line) };
    print $claims ? qq("$claims->{sub}"\\n) : qq("refused"\\n);
}
`,
    command: (file) => ['perl', file],
  },
];

/** What the driver in Go needs besides the imports of the page. */
const withImports = (code: string) =>
  code
    .replace('\t"crypto/ecdsa"\n', '\t"bufio"\n\t"crypto/ecdsa"\n')
    .replace('\t"math/big"\n', '\t"fmt"\n\t"math/big"\n')
    .replace('\t"sync"\n', '\t"os"\n\t"sync"\n');

/** Runs the code of the page. @returns for each token the `sub`, or `refused` */
export async function verifyIn(
  { heading, file, driver, command }: Language,
  folder: string,
  replacements: Record<string, string>,
  tokens: string[],
): Promise<string[]> {
  const path = join(folder, file);
  writeFileSync(path, withImports(programOf(heading, replacements)) + driver);
  const [program = '', ...args] = command(path);
  const environment = { JWT_SECRET: SECRET, GO111MODULE: 'off', GOPATH: GO_PATH };
  const child = spawn(program, args, { cwd: folder, env: { ...process.env, ...environment } });
  child.stdin.end(tokens.map((token) => `${token}\n`).join(''));
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const lines = output.trim().split('\n');
  if (lines.length !== tokens.length) throw new Error(`${heading}: ${output}${errors}`);
  return lines.map((line) => JSON.parse(line));
}
