"""The arithmetic of public-service assessments: exact, with a proof for every figure.

This package knows neither Django nor the platform. An instrument (a dated, cited YAML file)
is read by :mod:`scoring.instrument`; its formula is a small closed tree (:mod:`scoring.formula`)
with two readers: :mod:`scoring.interpret` gives one score with its steps, :mod:`scoring.sql`
gives one SQL query for millions of rows. Both use exact numbers only.
"""
