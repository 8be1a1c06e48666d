"""The demonstration: Kota Sukabumi, with published facts and marked examples."""
