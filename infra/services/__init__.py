"""The services of one installation: started, watched and stopped together under supervisord."""
