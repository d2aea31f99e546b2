"""Official papers: dispositions, receipts and reports, drawn as PDF."""
