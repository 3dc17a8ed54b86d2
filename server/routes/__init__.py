"""The addresses of this server, one file for each subject. A route reads what came, calls, and answers."""
