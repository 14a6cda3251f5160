"""The actions (åtgärder) that forums decided on: who, when, and whether they helped."""
