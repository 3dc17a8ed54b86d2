"""Zoom, on both sides of the door: what it tells us, and what we ask of it.

Read `signature` and `notifications` for what comes in, then `gateway` for what we ask, and `client` with `tokens`,
`answers` and `errors` for how it is asked over HTTP. `fields` and `options` say how Zoom's values become ours.
"""
