"""What every second person's decision has in common.

Who may decide, through which account, in which words it is asked, until when, and where what is granted lies.
"""
