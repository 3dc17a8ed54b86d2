"""Pictures of every page, for a person to look at: what is on them, and how they are taken.

`scenes` says who looks at what, and what happens at the school before; `album` opens the browsers and keeps the
pictures. They stand on the tests' own demo and browser, so that a picture shows what the tests test.
"""
