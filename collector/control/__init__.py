"""What a person does to a fleet by hand: which nodes and processes are meant, and starting, stopping and reading them.

selection.py    nodes by node, environment, group and hub; processes by group and name
found.py        the processes of nodes, asked now
plan.py         what an action means for each process
acting.py       the question that acts on a node, and what came of it
results.py      a result for each process, by the state that it was found in afterwards
logs.py         the log of a process: read from its file, or through supervisord
follow.py       the same as it grows
"""
