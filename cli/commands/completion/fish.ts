import { appNames, cases, namesOf, type Words } from './words.ts';

export const fish = (all: readonly Words[]): string => `# fish completion for rackless
function __rackless_commands
    switch "$argv[1]"
${fishCases(all, namesOf)}
    end
end

function __rackless_place
    set -l place ''
    for word in (commandline -opc)[2..-1]
        if contains -- $word (__rackless_commands "$place")
            set place (string trim "$place $word")
        end
    end
    echo "$place"
end

function __rackless_at
    test (__rackless_place) = "$argv[1]"
end

complete -c rackless -f
${all.flatMap(completions).join('\n')}
`;

/** The same answers as for bash, one word per line, as fish reads them. */
const fishCases = (all: readonly Words[], pick: (words: Words) => readonly string[]): string =>
  cases(all, pick).replaceAll(
    /^ {4}('[^']*')\) echo '([^']*)' ;;$/gm,
    (_, path: string, answer: string) =>
      `        case ${path}\n            printf '%s\\n' ${answer}`
  );

const completions = ({ path, commands, flags }: Words): string[] => {
  const at = `complete -c rackless -n '__rackless_at "${path}"'`;
  return [
    ...commands.map(
      ({ name, summary }) => `${at} -a ${name} -d '${summary.replaceAll("'", "\\'")}'`
    ),
    ...flags.map((flag) => completion(at, flag)),
  ];
};

const completion = (at: string, flag: string): string => {
  const option = flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`;
  return /^(--app|-a)$/.test(flag)
    ? `${at} ${option} -x -a "(${quoted(appNames)})"`
    : `${at} ${option}`;
};

const quoted = (command: string): string => command.replaceAll('$', '\\$');
