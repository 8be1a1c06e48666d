"""The Excel round trip: a workbook per unit, written, filled in, recalculated and read back.

The workbook is a third reader of a formula, after the interpreter and the SQL compiler: it says the
tree in the formulas of a spreadsheet, and comes to the same figures to the last digit.
"""
