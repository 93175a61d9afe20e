"""What can be observed. A source is one module here (or an entry point in `almanac.sources`) with three names:

    class Settings(config.SourceSettings)         what may be written about it in almanac.toml
    probe(settings) -> str                        the POSIX sh text that asks the node; changes nothing there
    parse(settings, answer) -> Reading            pure; foreign input becomes a Fault, never an exception; an answer
                                                  of which nothing may be taken is `void`

A kind that goes on where the pass before stopped takes the cursor that its Reading brought then:

    probe(settings, cursor) -> str                empty in the first pass

There is no base class and no registration: the configuration names the kind, `config.kinds` finds the module.

The text of a probe runs in a subshell of its own with standard input closed, `LC_ALL=C` and `set -u`, in dash, bash or
busybox ash. What it prints on standard output is the answer's `body`; its exit status is the answer's `status`.
"""
