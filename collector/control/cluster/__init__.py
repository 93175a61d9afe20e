"""What a person does to a cluster of VM hosts by hand: VMs started, stopped and moved, hosts emptied, consoles opened.

known.py        what a cluster said, and which of its VMs and hosts are meant
orders.py       what is wanted, and what that means for each VM or host
quota.py        whose quota would not allow it
courses.py      how orders and jobs went, in words of any cluster
account.py      as whom a cluster is told to do something
backend.py      the kinds of cluster; `ganeti.py` speaks to one of them, and another would be one file beside it
asking.py       the clusters as they are now
following.py    jobs followed to their end
console.py      how a VM's console is opened; `relay.py` leads a browser there
doing.py        orders sent and followed, and a result for each VM or host
"""
