"""What every second person's decision has in common: who may decide, in which words it is asked, until when."""
