"""What `scripts/bench` measures: one file for each subject, and what they share.

It exists so that the numbers this project promises can be asked for on any machine. Nothing here judges: figures are
printed beside the goal and the machine's conditions, and nothing is kept.
"""
