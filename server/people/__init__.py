"""Who the people of the school are, how they sign in, and what they may do.

Read `access` first: it is the whole of what may be done by whom. `users`, `classes` and `rights` say who is there,
`passwords`, `guessing`, `sessions` and `sign_in` how somebody comes in, `setup_links` how the very first one does.
"""
