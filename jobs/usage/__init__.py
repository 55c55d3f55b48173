"""Take as much as you use (用多少, 取多少): which desensitised columns a published mart needs, and which none does."""
