"""People: who may do what, which operating-system user is which person, and what each audience sees.

roles.py      the four roles and what each may do
who.py        the person behind a command, and refusals
register.py   adding, changing and removing people
passwords.py  what is kept of a password
audiences.py  what an audience is shown, and a configuration narrowed to that
"""
