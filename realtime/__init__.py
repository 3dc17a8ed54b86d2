"""What is true of a meeting and who is told. Knows no HTTP, no SQL, no Zoom.

Read it in this order; no file needs a later one to be understood:

    errors      what can go wrong, as one tree
    facts       what has happened
    bodies      what travels between us and a dashboard
    events      the registry: which event carries what, to whom, and how
    meeting     what is known of a meeting and its runs: values
    details     what is said of a meeting, field by field
    lifecycle   a meeting, its runs, and what a fact makes of them
    visits      joins and leaves into stays
    attendance  who a participant is, and their row
    audience    who hears of a meeting, and what they see of it
    log         seq, cursor, and what a returning client is owed
    tellings    the wording of events about a whole meeting
    world       what a batch of facts is about
    presence    the people of a run: recognised, counted, told
    series      a series and its dates
    roster      rights given and taken
    wanting     what must be read before a batch is decided
    decide      facts to truth and events
    ports       what the core needs from outside
    tracker     the one order of effects
    opening     what a connection is opened with
    hub         dashboards over Socket.IO; it names the order in which to read what it is made of
"""
