# Generated from the verbs by CompletionScriptsTest; CONTRIBUTING.md says how.
# Source it, or put it into /usr/share/bash-completion/completions/offsite.

# _offsite_of VERB: sets options, and the options with a value and the parameters as "NAME KIND", in the order of the parameters.
_offsite_of() {
  options='' values='' parameters='' more=''
  case $1 in
    '')
      options='-c --config --debug -h --help -V --version'
      values='-c=FILE --config=FILE'
      parameters='' more=''
      ;;
    demo)
      options='-c --config --debug -h --help -V --version'
      values='-c=FILE --config=FILE'
      parameters='' more=''
      ;;
    ship)
      options='-c --config --debug -h --help -V --version'
      values='-c=FILE --config=FILE'
      parameters='JOB' more=yes
      ;;
    serve)
      options='-c --config --debug -h --help -V --version'
      values='-c=FILE --config=FILE'
      parameters='' more=''
      ;;
    prune)
      options='--dry-run --json --max --undo --acknowledge --make-room -c --config --debug -h --help -V --version'
      values='--max=NONE -c=FILE --config=FILE'
      parameters='JOB' more=yes
      ;;
    doctor)
      options='--json -c --config --debug -h --help -V --version'
      values='-c=FILE --config=FILE'
      parameters='JOB' more=yes
      ;;
    list)
      options='-j --job --port --sort --json -c --config --debug -h --help -V --version'
      values='-j=JOB --job=JOB --port=NONE --sort=WORDS:size,time,name -c=FILE --config=FILE'
      parameters='JOB DATE' more=''
      ;;
    restore)
      options='--to --overwrite --unverified --json -c --config --debug -h --help -V --version'
      values='--to=DIR -c=FILE --config=FILE'
      parameters='JOB DATE NONE' more=yes
      ;;
    drill)
      options='--files --json -c --config --debug -h --help -V --version'
      values='--files=NONE -c=FILE --config=FILE'
      parameters='JOB' more=yes
      ;;
    get)
      options='-j --job --port --overwrite --parallel --json -c --config --debug -h --help -V --version'
      values='-j=JOB --job=JOB --port=NONE --parallel=NONE -c=FILE --config=FILE'
      parameters='NONE FILE' more=''
      ;;
    put)
      options='-j --job --port --overwrite --parallel --json -c --config --debug -h --help -V --version'
      values='-j=JOB --job=JOB --port=NONE --parallel=NONE -c=FILE --config=FILE'
      parameters='FILE NONE' more=''
      ;;
    scrub)
      options='--all --json --forget -c --config --debug -h --help -V --version'
      values='-c=FILE --config=FILE'
      parameters='JOB' more=yes
      ;;
    adopt)
      options='--json -c --config --debug -h --help -V --version'
      values='-c=FILE --config=FILE'
      parameters='JOB' more=yes
      ;;
    status)
      options='--json -c --config --debug -h --help -V --version'
      values='-c=FILE --config=FILE'
      parameters='JOB' more=yes
      ;;
    history)
      options='--since --json -c --config --debug -h --help -V --version'
      values='--since=NONE -c=FILE --config=FILE'
      parameters='JOB' more=yes
      ;;
    report)
      options='--html -c --config --debug -h --help -V --version'
      values='--html=FILE -c=FILE --config=FILE'
      parameters='JOB' more=yes
      ;;
    config)
      options='-c --config --debug -h --help -V --version'
      values='-c=FILE --config=FILE'
      parameters='' more=''
      ;;
    help)
      options='-c --config --debug -h --help -V --version'
      values='-c=FILE --config=FILE'
      parameters='KEY' more=''
      ;;
  esac
}

# _offsite_words KIND: the words that this can be, one a line
_offsite_words() {
  case $1 in
    JOB | DATE | KEY) "${COMP_WORDS[0]}" "${config[@]}" --complete "$1" ${job:+"$job"} 2>/dev/null ;;
    FILE) compgen -f -- "$current" ;;
    DIR) compgen -d -- "$current" ;;
    WORDS:*) tr ',' '\n' <<<"${1#WORDS:}" ;;
  esac
}

_offsite() {
  local current=${COMP_WORDS[COMP_CWORD]} verb='' job='' kind='' pending='' options values parameters more word i count=0
  local config=() pair found
  _offsite_of ''
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [[ $pending ]]; then
      [[ $pending != -c && $pending != --config ]] || config=(-c "${word/#~/$HOME}")
      pending=''
    elif [[ " $values" == *" $word="* ]]; then
      pending=$word
    elif [[ $word == -* ]]; then
      :
    elif [[ -z $verb ]]; then
      verb=$word
      _offsite_of "$verb"
    else
      [[ $count -gt 0 ]] || job=$word
      count=$((count + 1))
    fi
  done
  if [[ $pending ]]; then
    for pair in $values; do [[ ${pair%=*} != "$pending" ]] || kind=${pair#*=}; done
  elif [[ $current == -* ]]; then
    kind=WORDS:${options// /,}
  elif [[ -z $verb ]]; then
    kind=WORDS:demo,ship,serve,prune,doctor,list,restore,drill,get,put,scrub,adopt,status,history,report,config,help
  else
    read -ra found <<<"$parameters"
    [[ -z $more || $count -lt ${#found[@]} ]] || count=$((${#found[@]} - 1))
    kind=${found[count]:-}
    # The first parameter is not always a job.
    [[ $kind != DATE || ${found[0]} == JOB ]] || kind=''
  fi
  [[ $kind != FILE && $kind != DIR ]] || compopt -o filenames 2>/dev/null
  # compgen would run what stands in a name.
  mapfile -t COMPREPLY < <(compgen -W "$(_offsite_words "$kind" | sed 's/[^A-Za-z0-9_.,:+@%/=-]/\\&/g')" -- "$current")
  [[ $kind != JOB ]] || for i in "${!COMPREPLY[@]}"; do printf -v "COMPREPLY[i]" %q "${COMPREPLY[i]}"; done
}
complete -F _offsite offsite
