"""The last stage of a pass: tells people what is new, still wrong, recovered and changed, each what concerns them.

    recipients   who is told of which part of the fleet           facts     what the export says, read once
    news         that against what somebody was told last         due       whether it is time to tell it
    context      all that a message says, as plain values         message   three templates: subject, text, HTML
    told         what each was told, on disk                      spool     messages on their way, on disk
    smtp, sendmail, channels   the ways; each answers `sent`, `later`, `refused` or `doubtful`
    desk         where a report is composed and handed over       stage     one after the other

A message is written to the spool, marked before it is handed over, and taken out afterwards. One that was handed over
and not answered for is never sent again, and the next report tells all that stood in it: nothing comes twice, and
nothing is lost.
"""

FOLDER = "spool"
"""Where in `site.data` it keeps messages, and what it told."""
