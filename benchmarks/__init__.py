"""Measurements of the whole product, each run by `./lexheller bench NAME`. They print figures and judge nothing."""
