"""The fault suite: everything is killed, cut off, filled up and doubled, and nothing may be lost or counted twice."""
