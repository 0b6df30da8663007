# bash in the learner's terminal: prompt, completion, history, and the marks by which Fairlead follows commands.
[ -z "$PS1" ] && return

shopt -s checkwinsize histappend
HISTFILE=~/.bash_history
HISTSIZE=2000
HISTFILESIZE=2000
HISTCONTROL=ignoredups

alias ll='ls -l' la='ls -A' k=kubectl ls='ls --color=auto' grep='grep --color=auto'

[ -r /usr/share/bash-completion/bash_completion ] && . /usr/share/bash-completion/bash_completion
# Completion of k is kubectl's, which is loaded when it is first asked for.
_fairlead_complete_k() {
  . /usr/share/bash-completion/completions/kubectl && complete -o default -F __start_kubectl k && return 124
}
[ -r /usr/share/bash-completion/completions/kubectl ] && complete -o default -F _fairlead_complete_k k

# OSC 133 as FinalTerm has it: A before the prompt, B behind it, C before a command runs, D with its exit code.
# P tells when the container was started (field 22 of /proc/1/stat): a restart has emptied it.
_fairlead_prompt() {
  local code=$?
  history -a 2>/dev/null
  printf '\e]133;D;%s\a\e]2;%s: %s\a' "$code" "$HOSTNAME" "${PWD/#$HOME/\~}"
}
PROMPT_COMMAND=_fairlead_prompt
PS0='\e]133;C\a'
PS1='\[\e]133;A\a\]\[\e[1;36m\]\w\[\e[0m\] $ \[\e]133;B\a\]'
_fairlead_started() {
  local stat
  read -r stat </proc/1/stat
  set -- ${stat##*) }
  printf '\e]133;P;boot=%s\a' "${20}"
}
_fairlead_started
