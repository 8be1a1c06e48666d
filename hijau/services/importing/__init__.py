"""Taking in the standards that a government has already: from the template workbook, or Word."""
