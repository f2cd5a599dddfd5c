import { appNames, cases, namesOf, type Words } from './words.ts';

export const bash = (all: readonly Words[]): string => `# bash completion for rackless
_rackless_commands() {
  case "$1" in
${cases(all, namesOf)}
  esac
}

_rackless_flags() {
  case "$1" in
${cases(all, ({ flags }) => flags)}
  esac
}

_rackless() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}" place='' word i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    case " $(_rackless_commands "$place") " in
      *" $word "*) place="\${place:+$place }$word" ;;
    esac
  done
  case "$previous" in
    -a | --app) word="$(${appNames})" ;;
    *)
      case "$current" in
        -*) word="$(_rackless_flags "$place")" ;;
        *) word="$(_rackless_commands "$place")" ;;
      esac
      ;;
  esac
  COMPREPLY=($(compgen -W "$word" -- "$current"))
}

complete -o default -F _rackless rackless
`;
