import { appNames, cases, namesOf, type Words } from './words.ts';

export const zsh = (all: readonly Words[]): string => `#compdef rackless
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
  local place='' word
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case " $(_rackless_commands "$place") " in
      *" $word "*) place="\${place:+$place }$word" ;;
    esac
  done
  case "\${words[CURRENT-1]}" in
    -a|--app) word="$(${appNames})" ;;
    *)
      case "\${words[CURRENT]}" in
        -*) word="$(_rackless_flags "$place")" ;;
        *) word="$(_rackless_commands "$place")" ;;
      esac
      ;;
  esac
  if [[ -n "$word" ]]; then
    compadd -- \${=word}
  else
    _files
  fi
}

compdef _rackless rackless
`;
