"""Reading a file of any kind into a relation of its cells, not yet looked at."""

# ruff: noqa: S608 (every text of a file goes through `quoted`, every name of a column is ours)

from __future__ import annotations

import csv
import glob
from pathlib import Path

import duckdb

from scoring.bulk.workshop import Row, escaped, quoted
from scoring.rows import bad_table, check_types, delimiter_of, read_rows
from scoring.tables import BadTable, Table


class Raw:
    """A file in DuckDB: `header`, and a relation with the columns `nr` (the header is row 1), and
    `h0`, `h1`, ... for the cells. It is `raw` at first, and `filled` without empty rows at its end.

    Raises BadTable for a file that cannot be read.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path, table: Table) -> None:
        self.connection, self.folder, self.table = connection, folder, table
        self.header = self.load()

    def fetch(self, sql: str) -> list[Row]:
        return self.connection.execute(sql).fetchall()

    def load(self) -> list[str]:
        """Make the relation `raw`, and return the header."""
        path = self.table.path
        kind = path.suffix.lower()
        if kind == ".parquet" and path.is_file() and path.stat().st_size:
            return self.load_parquet(path)
        if kind in (".csv", ".tsv", ".txt") and path.is_file() and path.stat().st_size:
            return self.load_csv(path)
        rows = read_rows(path)  # also says what is wrong with a path that is no such file
        copy = self.folder / "sheet.csv"
        with copy.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(cells for _, cells in rows)
        return self.load_csv(copy)

    def load_csv(self, path: Path) -> list[str]:
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                first = file.readline()
                delimiter = delimiter_of(first, self.table.path)
                file.seek(0)
                header = next(csv.reader(file, delimiter=delimiter, strict=True), [])
        except (UnicodeDecodeError, csv.Error) as error:
            sentence = "Bukan teks CSV berkode UTF-8. Simpan ulang sebagai “CSV UTF-8”."
            raise bad_table(self.table.path, sentence, row=1) from error
        columns = ", ".join(f"h{i}: 'VARCHAR'" for i in range(len(header)))
        source = (
            f"read_csv({quoted(glob.escape(str(path)))}, columns = {{{columns}}}, "
            f"delim = {quoted(delimiter)}, quote = '\"', escape = '\"', header = false, skip = 1, "
            "auto_detect = false, strict_mode = true, nullstr = '\x01', max_line_size = 10000000)"
        )
        cells = ", ".join(f"coalesce(h{i}, '') AS h{i}" for i in range(len(header)))
        self.materialise(f"SELECT 1 + row_number() OVER () AS nr, {cells} FROM {source}")
        return header

    def materialise(self, sql: str) -> None:
        file = self.folder / "raw.parquet"
        try:
            self.connection.execute(f"COPY ({sql}) TO {quoted(file)} (FORMAT parquet)")
        except duckdb.Error as error:
            raise self.broken(error) from error
        self.connection.execute(f"CREATE VIEW raw AS FROM read_parquet({quoted(file)})")

    def broken(self, error: duckdb.Error) -> BadTable:
        """The sentence of the row reader if it finds the fault too; else a general one."""
        path = self.table.path
        for _ in read_rows(path):
            pass
        sentence = "Susunan CSV rusak. Periksa tanda kutip dan jumlah sel tiap baris."
        line = str(error).partition("Line: ")[2].split("\n")[0].strip()
        return bad_table(path, sentence, row=int(line) if line.isdigit() else None)

    def load_parquet(self, path: Path) -> list[str]:
        source = f"read_parquet({quoted(glob.escape(str(path)))}, file_row_number = true)"
        try:
            found = self.connection.execute(f"SELECT * FROM {source} LIMIT 0")
        except duckdb.Error as error:
            sentence = "Bukan berkas Parquet yang utuh. Buat ulang berkasnya."
            raise bad_table(path, sentence) from error
        described = [column for column in found.description if column[0] != "file_row_number"]
        header = [column[0] for column in described]
        check_types(header, [str(column[1]) for column in described], path)
        cells = ", ".join(f'"{escaped(name)}" AS h{i}' for i, name in enumerate(header))
        self.connection.execute(
            f"CREATE VIEW raw AS SELECT file_row_number + 2 AS nr, {cells} FROM {source}"
        )
        return header

    def refuse_empty_rows(self) -> None:
        """Raises BadTable for a table without rows, or with an empty one amid others."""
        blank = " AND ".join(
            f"coalesce(trim(h{i}::VARCHAR), '') = ''" for i in range(len(self.header))
        )
        last, first_blank = self.fetch(
            f"SELECT max(nr) FILTER (NOT ({blank})), min(nr) FILTER ({blank}) FROM raw"
        )[0]
        if last is None:
            raise self.table.bad("Hanya ada judul kolom. Tambahkan sekurangnya satu baris data.", 1)
        if first_blank is not None and first_blank < last:
            sentence = "Baris kosong di tengah tabel. Hapus baris ini."
            raise bad_table(self.table.path, sentence, row=first_blank)
        self.connection.execute(f"CREATE VIEW filled AS SELECT * FROM raw WHERE nr <= {last}")
