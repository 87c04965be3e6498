# Generated from the verbs by CompletionScriptsTest; CONTRIBUTING.md says how.

# The words after the verb that are no options. Options with a value are followed by one that is none either.
function __offsite_parameters
    set -l words (commandline -opc)
    set -l values -c --config --max -j --job --port --sort --to --files --parallel --since --html
    set -l count 0
    set -l skip no
    for word in $words[2..]
        if test $skip = yes
            set skip no
        else if contains -- $word $values
            set skip yes
        else if not string match -q -- '-*' $word
            echo -- $word
        end
    end
end

function __offsite_verb
    test (__offsite_parameters)[1] = "$argv[1]" 2>/dev/null
end

# __offsite_at VERB N: whether the Nth parameter of the verb comes next
function __offsite_at
    set -l found (__offsite_parameters)
    test "$found[1]" = $argv[1]; and test (count $found) -eq $argv[2]
end

function __offsite_from
    set -l found (__offsite_parameters)
    test "$found[1]" = $argv[1]; and test (count $found) -ge $argv[2]
end

function __offsite_words
    set -l words (commandline -opc)
    set -l config
    for option in -c --config
        if set -l at (contains -i -- $option $words); and test (count $words) -gt $at
            set config -c $words[(math $at + 1)]
        end
    end
    set -l found (__offsite_parameters)
    $words[1] $config --complete $argv[1] $found[2] 2>/dev/null
end

complete -c offsite -f
complete -c offsite -n 'test -z "$(__offsite_parameters)"' -s c -l config -r -F -d 'The configuration; by default application.properties here, else in the distribution'
complete -c offsite -n 'test -z "$(__offsite_parameters)"' -l debug -d 'Log what the libraries do, and stack traces'
complete -c offsite -n 'test -z "$(__offsite_parameters)"' -s h -l help -d 'Show this help message and exit'
complete -c offsite -n 'test -z "$(__offsite_parameters)"' -s V -l version -d 'Print version information and exit'
complete -c offsite -n 'test -z "$(__offsite_parameters)"' -a demo -d 'Ships, verifies and prunes against a server of its own; nothing to configure, nothing left behind'
complete -c offsite -n '__offsite_verb demo' -s c -l config -r -F -d 'The configuration; by default application.properties here, else in the distribution'
complete -c offsite -n '__offsite_verb demo' -l debug -d 'Log what the libraries do, and stack traces'
complete -c offsite -n '__offsite_verb demo' -s h -l help -d 'Show this help message and exit'
complete -c offsite -n '__offsite_verb demo' -s V -l version -d 'Print version information and exit'
complete -c offsite -n 'test -z "$(__offsite_parameters)"' -a ship -d 'Ships all that is ready, verifies it, prunes, and ends'
complete -c offsite -n '__offsite_verb ship' -s c -l config -r -F -d 'The configuration; by default application.properties here, else in the distribution'
complete -c offsite -n '__offsite_verb ship' -l debug -d 'Log what the libraries do, and stack traces'
complete -c offsite -n '__offsite_verb ship' -s h -l help -d 'Show this help message and exit'
complete -c offsite -n '__offsite_verb ship' -s V -l version -d 'Print version information and exit'
complete -c offsite -n '__offsite_from ship 1' -k -a '(__offsite_words JOB)'
complete -c offsite -n 'test -z "$(__offsite_parameters)"' -a serve -d 'Polls, ships and prunes on schedule until it is stopped; transfers in flight are finished then'
complete -c offsite -n '__offsite_verb serve' -s c -l config -r -F -d 'The configuration; by default application.properties here, else in the distribution'
complete -c offsite -n '__offsite_verb serve' -l debug -d 'Log what the libraries do, and stack traces'
complete -c offsite -n '__offsite_verb serve' -s h -l help -d 'Show this help message and exit'
complete -c offsite -n '__offsite_verb serve' -s V -l version -d 'Print version information and exit'
complete -c offsite -n 'test -z "$(__offsite_parameters)"' -a prune -d 'Says for every dated folder whether it is kept or removed, and why; and removes'
complete -c offsite -n '__offsite_verb prune' -l dry-run -d 'Only say it, with what there is to know of each folder'
complete -c offsite -n '__offsite_verb prune' -l json -d 'Say it for programs; docs/json.md has the fields'
complete -c offsite -n '__offsite_verb prune' -l max -x -d 'How many folders of a job may go at once, this time; offsite.prune.max otherwise'
complete -c offsite -n '__offsite_verb prune' -l undo -d 'Bring back the pruned folder of that day from the trash; without a day, all that are there'
complete -c offsite -n '__offsite_verb prune' -l acknowledge -d 'Take new copies that are suspiciously small as being as they should be; prunes nothing yet'
complete -c offsite -n '__offsite_verb prune' -l make-room -d 'On a full server, delete until what could not be shipped fits'
complete -c offsite -n '__offsite_verb prune' -s c -l config -r -F -d 'The configuration; by default application.properties here, else in the distribution'
complete -c offsite -n '__offsite_verb prune' -l debug -d 'Log what the libraries do, and stack traces'
complete -c offsite -n '__offsite_verb prune' -s h -l help -d 'Show this help message and exit'
complete -c offsite -n '__offsite_verb prune' -s V -l version -d 'Print version information and exit'
complete -c offsite -n '__offsite_from prune 1' -k -a '(__offsite_words JOB)'
complete -c offsite -n 'test -z "$(__offsite_parameters)"' -a doctor -d 'Says what each job\'s target can do and what is wrong with it, before the first backup; leaves nothing behind'
complete -c offsite -n '__offsite_verb doctor' -l json -d 'Print the result for programs; docs/json.md has the fields'
complete -c offsite -n '__offsite_verb doctor' -s c -l config -r -F -d 'The configuration; by default application.properties here, else in the distribution'
complete -c offsite -n '__offsite_verb doctor' -l debug -d 'Log what the libraries do, and stack traces'
complete -c offsite -n '__offsite_verb doctor' -s h -l help -d 'Show this help message and exit'
complete -c offsite -n '__offsite_verb doctor' -s V -l version -d 'Print version information and exit'
complete -c offsite -n '__offsite_from doctor 1' -k -a '(__offsite_words JOB)'
complete -c offsite -n 'test -z "$(__offsite_parameters)"' -a list -d 'Lists what is off-site'
complete -c offsite -n '__offsite_verb list' -s j -l job -x -k -a '(__offsite_words JOB)' -d 'The job whose target it is; by default the one that the configuration has for all jobs'
complete -c offsite -n '__offsite_verb list' -l port -x -d 'Port of a server that is named here or by SSH_HOST; default'
complete -c offsite -n '__offsite_verb list' -l sort -x -a 'size time name' -d 'Files by size, time, name'
complete -c offsite -n '__offsite_verb list' -l json -d 'Print it for programs; docs/json.md has the fields'
complete -c offsite -n '__offsite_verb list' -s c -l config -r -F -d 'The configuration; by default application.properties here, else in the distribution'
complete -c offsite -n '__offsite_verb list' -l debug -d 'Log what the libraries do, and stack traces'
complete -c offsite -n '__offsite_verb list' -s h -l help -d 'Show this help message and exit'
complete -c offsite -n '__offsite_verb list' -s V -l version -d 'Print version information and exit'
complete -c offsite -n '__offsite_at list 1' -k -a '(__offsite_words JOB)'
complete -c offsite -n '__offsite_at list 2' -k -a '(__offsite_words DATE)'
complete -c offsite -n 'test -z "$(__offsite_parameters)"' -a restore -d 'Brings a dated folder back, or some files of it, and verifies each as it arrives'
complete -c offsite -n '__offsite_verb restore' -l to -x -a '(__fish_complete_directories)' -d 'The folder to restore to; made if it is missing'
complete -c offsite -n '__offsite_verb restore' -l overwrite -d 'Replace other files that are in the way'
complete -c offsite -n '__offsite_verb restore' -l unverified -d 'Also restore what no SHA256SUMS vouches for'
complete -c offsite -n '__offsite_verb restore' -l json -d 'Print the result for programs; docs/json.md has the fields'
complete -c offsite -n '__offsite_verb restore' -s c -l config -r -F -d 'The configuration; by default application.properties here, else in the distribution'
complete -c offsite -n '__offsite_verb restore' -l debug -d 'Log what the libraries do, and stack traces'
complete -c offsite -n '__offsite_verb restore' -s h -l help -d 'Show this help message and exit'
complete -c offsite -n '__offsite_verb restore' -s V -l version -d 'Print version information and exit'
complete -c offsite -n '__offsite_at restore 1' -k -a '(__offsite_words JOB)'
complete -c offsite -n '__offsite_at restore 2' -k -a '(__offsite_words DATE)'
complete -c offsite -n 'test -z "$(__offsite_parameters)"' -a drill -d 'Rehearses a restore'
complete -c offsite -n '__offsite_verb drill' -l files -x -d 'Take N files at most; offsite.drill.budget bounds their bytes'
complete -c offsite -n '__offsite_verb drill' -l json -d 'Print the results for programs; docs/json.md has the fields'
complete -c offsite -n '__offsite_verb drill' -s c -l config -r -F -d 'The configuration; by default application.properties here, else in the distribution'
complete -c offsite -n '__offsite_verb drill' -l debug -d 'Log what the libraries do, and stack traces'
complete -c offsite -n '__offsite_verb drill' -s h -l help -d 'Show this help message and exit'
complete -c offsite -n '__offsite_verb drill' -s V -l version -d 'Print version information and exit'
complete -c offsite -n '__offsite_from drill 1' -k -a '(__offsite_words JOB)'
complete -c offsite -n 'test -z "$(__offsite_parameters)"' -a get -d 'Fetches one file or a whole tree from the server, and verifies every file that came'
complete -c offsite -n '__offsite_verb get' -s j -l job -x -k -a '(__offsite_words JOB)' -d 'The job whose target it is; by default the one that the configuration has for all jobs'
complete -c offsite -n '__offsite_verb get' -l port -x -d 'Port of a server that is named here or by SSH_HOST; default'
complete -c offsite -n '__offsite_verb get' -l overwrite -d 'Replace files that are there already and differ'
complete -c offsite -n '__offsite_verb get' -l parallel -x -d 'How many files at a time; as the job has it by default'
complete -c offsite -n '__offsite_verb get' -l json -d 'Print the result for programs, each file with its hash and verification; docs/json.md has the fields'
complete -c offsite -n '__offsite_verb get' -s c -l config -r -F -d 'The configuration; by default application.properties here, else in the distribution'
complete -c offsite -n '__offsite_verb get' -l debug -d 'Log what the libraries do, and stack traces'
complete -c offsite -n '__offsite_verb get' -s h -l help -d 'Show this help message and exit'
complete -c offsite -n '__offsite_verb get' -s V -l version -d 'Print version information and exit'
complete -c offsite -n '__offsite_at get 2' -F
complete -c offsite -n 'test -z "$(__offsite_parameters)"' -a put -d 'Carries one file or a whole tree to the server, and verifies every file there'
complete -c offsite -n '__offsite_verb put' -s j -l job -x -k -a '(__offsite_words JOB)' -d 'The job whose target it is; by default the one that the configuration has for all jobs'
complete -c offsite -n '__offsite_verb put' -l port -x -d 'Port of a server that is named here or by SSH_HOST; default'
complete -c offsite -n '__offsite_verb put' -l overwrite -d 'Replace files that are there already and differ'
complete -c offsite -n '__offsite_verb put' -l parallel -x -d 'How many files at a time; as the job has it by default'
complete -c offsite -n '__offsite_verb put' -l json -d 'Print the result for programs, each file with its hash and verification; docs/json.md has the fields'
complete -c offsite -n '__offsite_verb put' -s c -l config -r -F -d 'The configuration; by default application.properties here, else in the distribution'
complete -c offsite -n '__offsite_verb put' -l debug -d 'Log what the libraries do, and stack traces'
complete -c offsite -n '__offsite_verb put' -s h -l help -d 'Show this help message and exit'
complete -c offsite -n '__offsite_verb put' -s V -l version -d 'Print version information and exit'
complete -c offsite -n '__offsite_at put 1' -F
complete -c offsite -n 'test -z "$(__offsite_parameters)"' -a scrub -d 'Hashes the copies on the server again, those first that were not verified for the longest time, and names what is changed, missing or too much'
complete -c offsite -n '__offsite_verb scrub' -l all -d 'All copies, whatever offsite.scrub.budget says'
complete -c offsite -n '__offsite_verb scrub' -l json -d 'Print the result for programs; docs/json.md has the fields'
complete -c offsite -n '__offsite_verb scrub' -l forget -d 'Give up copies that are missing or damaged and cannot be shipped again'
complete -c offsite -n '__offsite_verb scrub' -s c -l config -r -F -d 'The configuration; by default application.properties here, else in the distribution'
complete -c offsite -n '__offsite_verb scrub' -l debug -d 'Log what the libraries do, and stack traces'
complete -c offsite -n '__offsite_verb scrub' -s h -l help -d 'Show this help message and exit'
complete -c offsite -n '__offsite_verb scrub' -s V -l version -d 'Print version information and exit'
complete -c offsite -n '__offsite_from scrub 1' -k -a '(__offsite_words JOB)'
complete -c offsite -n 'test -z "$(__offsite_parameters)"' -a adopt -d 'Marks the root of each job as belonging to this installation, whosever it was'
complete -c offsite -n '__offsite_verb adopt' -l json -d 'Print the result for programs; docs/json.md has the fields'
complete -c offsite -n '__offsite_verb adopt' -s c -l config -r -F -d 'The configuration; by default application.properties here, else in the distribution'
complete -c offsite -n '__offsite_verb adopt' -l debug -d 'Log what the libraries do, and stack traces'
complete -c offsite -n '__offsite_verb adopt' -s h -l help -d 'Show this help message and exit'
complete -c offsite -n '__offsite_verb adopt' -s V -l version -d 'Print version information and exit'
complete -c offsite -n '__offsite_from adopt 1' -k -a '(__offsite_words JOB)'
complete -c offsite -n 'test -z "$(__offsite_parameters)"' -a status -d 'Shows for each job how old its last verified copy is, how its last runs ended, and what is wrong'
complete -c offsite -n '__offsite_verb status' -l json -d 'Print it for programs; docs/json.md has the fields'
complete -c offsite -n '__offsite_verb status' -s c -l config -r -F -d 'The configuration; by default application.properties here, else in the distribution'
complete -c offsite -n '__offsite_verb status' -l debug -d 'Log what the libraries do, and stack traces'
complete -c offsite -n '__offsite_verb status' -s h -l help -d 'Show this help message and exit'
complete -c offsite -n '__offsite_verb status' -s V -l version -d 'Print version information and exit'
complete -c offsite -n '__offsite_from status 1' -k -a '(__offsite_words JOB)'
complete -c offsite -n 'test -z "$(__offsite_parameters)"' -a history -d 'Lists what ran'
complete -c offsite -n '__offsite_verb history' -l since -x -d 'From when on'
complete -c offsite -n '__offsite_verb history' -l json -d 'Print it for programs; docs/json.md has the fields'
complete -c offsite -n '__offsite_verb history' -s c -l config -r -F -d 'The configuration; by default application.properties here, else in the distribution'
complete -c offsite -n '__offsite_verb history' -l debug -d 'Log what the libraries do, and stack traces'
complete -c offsite -n '__offsite_verb history' -s h -l help -d 'Show this help message and exit'
complete -c offsite -n '__offsite_verb history' -s V -l version -d 'Print version information and exit'
complete -c offsite -n '__offsite_from history 1' -k -a '(__offsite_words JOB)'
complete -c offsite -n 'test -z "$(__offsite_parameters)"' -a report -d 'Writes a page about the jobs, as one HTML file'
complete -c offsite -n '__offsite_verb report' -l html -r -F -d 'The file to write, replaced in one step; - is the standard output'
complete -c offsite -n '__offsite_verb report' -s c -l config -r -F -d 'The configuration; by default application.properties here, else in the distribution'
complete -c offsite -n '__offsite_verb report' -l debug -d 'Log what the libraries do, and stack traces'
complete -c offsite -n '__offsite_verb report' -s h -l help -d 'Show this help message and exit'
complete -c offsite -n '__offsite_verb report' -s V -l version -d 'Print version information and exit'
complete -c offsite -n '__offsite_from report 1' -k -a '(__offsite_words JOB)'
complete -c offsite -n 'test -z "$(__offsite_parameters)"' -a config -d 'Prints the effective configuration, secrets masked; fails on what is wrong with it'
complete -c offsite -n '__offsite_verb config' -s c -l config -r -F -d 'The configuration; by default application.properties here, else in the distribution'
complete -c offsite -n '__offsite_verb config' -l debug -d 'Log what the libraries do, and stack traces'
complete -c offsite -n '__offsite_verb config' -s h -l help -d 'Show this help message and exit'
complete -c offsite -n '__offsite_verb config' -s V -l version -d 'Print version information and exit'
complete -c offsite -n 'test -z "$(__offsite_parameters)"' -a help -d 'Says what a verb does, or what a setting means'
complete -c offsite -n '__offsite_verb help' -s c -l config -r -F -d 'The configuration; by default application.properties here, else in the distribution'
complete -c offsite -n '__offsite_verb help' -l debug -d 'Log what the libraries do, and stack traces'
complete -c offsite -n '__offsite_verb help' -s h -l help -d 'Show this help message and exit'
complete -c offsite -n '__offsite_verb help' -s V -l version -d 'Print version information and exit'
complete -c offsite -n '__offsite_at help 1' -k -a '(__offsite_words KEY)'
