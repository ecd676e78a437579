# report: tables, figures, quoted numbers and the page itself, from files alone.
#   reads   study.json, ingest/, panel/, features/dictionary.csv, models/, effects/, workflow/report/
#   writes  report/{figures,tables}/, report/numbers.*, report/network.*, report/{report,hypotheses}.<language>.*,
#           report/explorer.<language>.html, report/paper/, report/exhibits.csv, provenance.json,
#           ro-crate-metadata.json, workflow/Snakefile
# One rule a study where the exhibits are the study's own: some have list choice, some a known truth.

for study in STUDIES:

    rule:
        name:
            f"draw_figures_{study}"
        input:
            study=f"results/{study}/study.json",
            summary=f"results/{study}/ingest/ingest.json",
            clusters=f"results/{study}/ingest/clusters.parquet",
            periods=f"results/{study}/ingest/periods.parquet",
            lists=f"results/{study}/panel/lists.parquet",
            dyads=f"results/{study}/panel/dyads.parquet",
            row_projects=f"results/{study}/panel/row_projects.parquet",
            dictionary=f"results/{study}/features/dictionary.csv",
            models=model_files(study),
            hypotheses=f"results/{study}/effects/hypotheses.csv",
            cards=f"results/{study}/effects/cards.json",
            words=WORDS,
            measured=MEASURED,
            outlines=OUTLINES,
        output:
            figures=reported(figure_files(study), "figures"),
        log:
            f"results/{study}/logs/draw_figures.log",
        group:
            "report"
        params:
            code=script_code("draw_figures"),
            names=figure_names(study),
            languages=STUDIES[study]["report"]["languages"],
        script:
            "../scripts/draw_figures.py"

    rule:
        name:
            f"write_tables_{study}"
        input:
            study=f"results/{study}/study.json",
            raw=raw_of(study),
            summary=f"results/{study}/ingest/ingest.json",
            projects=f"results/{study}/ingest/projects.parquet",
            clusters=f"results/{study}/ingest/clusters.parquet",
            memberships=f"results/{study}/ingest/memberships.parquet",
            periods=f"results/{study}/ingest/periods.parquet",
            lists=f"results/{study}/panel/lists.parquet",
            dyads=f"results/{study}/panel/dyads.parquet",
            row_projects=f"results/{study}/panel/row_projects.parquet",
            flow=f"results/{study}/panel/flow.json",
            network=f"results/{study}/panel/describe/network.csv",
            transitions=f"results/{study}/panel/describe/transitions.csv",
            dictionary=f"results/{study}/features/dictionary.csv",
            described=[
                f"results/{study}/features/{name}"
                for name in ["moments.json", "quartiles.csv", "correlations.csv"]
            ],
            own_rows=own_rows(study),
            models=model_files(study),
            reference=f"results/{study}/models/reference.json",
            hypotheses=f"results/{study}/effects/hypotheses.csv",
            scoreboard=f"results/{study}/effects/scoreboard.csv",
            cards=f"results/{study}/effects/cards.json",
            ledger=ledger_files(study),
            words=WORDS,
            measured=MEASURED,
        output:
            tables=reported(table_files(study), "tables"),
            values=value_files(study),
            numbers=number_files(study),
            network=network_files(study),
        log:
            f"results/{study}/logs/write_tables.log",
        group:
            "report"
        params:
            code=script_code("write_tables"),
            names=table_names(study),
            languages=STUDIES[study]["report"]["languages"],
        script:
            "../scripts/write_tables.py"

    rule:
        name:
            f"render_report_{study}"
        input:
            study=f"results/{study}/study.json",
            exhibits=exhibit_files(study),
            cards=f"results/{study}/effects/cards.json",
            source=report_source(),
        output:
            pages=reported(page_files(study), "pages"),
        log:
            f"results/{study}/logs/render_report.log",
        group:
            "report"
        params:
            code=script_code("render_report"),
            languages=STUDIES[study]["report"]["languages"],
            pages=page_names(study),
        script:
            "../scripts/render_report.py"

    rule:
        name:
            f"build_explorer_{study}"
        input:
            study=f"results/{study}/study.json",
            summary=f"results/{study}/ingest/ingest.json",
            projects=f"results/{study}/ingest/projects.parquet",
            clusters=f"results/{study}/ingest/clusters.parquet",
            memberships=f"results/{study}/ingest/memberships.parquet",
            periods=f"results/{study}/ingest/periods.parquet",
            territories=f"results/{study}/ingest/territories.parquet",
            relations=f"results/{study}/ingest/relations.parquet",
            lists=f"results/{study}/panel/lists.parquet",
            numbers=f"results/{study}/report/numbers.json",
            words=WORDS,
            outlines=OUTLINES,
            source=explorer_source(),
        output:
            pages=explorer_files(study),
        log:
            f"results/{study}/logs/build_explorer.log",
        group:
            "report"
        params:
            code=script_code("build_explorer"),
            languages=STUDIES[study]["report"]["languages"],
        script:
            "../scripts/build_explorer.py"

    rule:
        name:
            f"assemble_paper_{study}"
        input:
            study=f"results/{study}/study.json",
            exhibits=paper_exhibits(study),
            models=model_files(study),
            references=local(str(REPORT_SOURCE / "references.bib")),
        output:
            files=paper_files(study),
        log:
            f"results/{study}/logs/assemble_paper.log",
        group:
            "report"
        params:
            code=script_code("assemble_paper"),
        script:
            "../scripts/assemble_paper.py"

    rule:
        name:
            f"write_provenance_{study}"
        input:
            study=f"results/{study}/study.json",
            raw=raw_of(study),
            descriptions=described_by(study),
            exhibits=[*exhibit_files(study), *page_files(study), *explorer_files(study)],
            others=[*paper_files(study), *judged_files(study)],
            snakefile=local(str(ROOT / "Snakefile")),
        output:
            exhibits=f"results/{study}/report/exhibits.csv",
            provenance=f"results/{study}/provenance.json",
            crate=crate_files(study),
        log:
            f"results/{study}/logs/write_provenance.log",
        group:
            "report"
        params:
            code=script_code("write_provenance"),
        script:
            "../scripts/write_provenance.py"
