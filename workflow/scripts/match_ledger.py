"""A coded ledger: what a theory predicts beside what is coded, and how far two coders agree."""

from interclust.cli import reporting_errors
from interclust.contracts import CONTRACTS
from interclust.effects.agreement import agreement, disagreements
from interclust.effects.ledger import counts, match
from interclust.io import write_csv


def main(relations: str, second: str, ledger: dict, seed: int, to: dict[str, str]) -> None:
    """Write rows, counts, agreement and disagreements to the files that ``to`` names."""
    first = CONTRACTS["ingest/relations"].read(relations)
    other = CONTRACTS["ingest/second_relations"].read(second)
    rows = match(first, ledger)
    write_csv(rows, to["rows"])
    write_csv(counts(rows), to["patterns"])
    write_csv(agreement(first, other, seed), to["agreement"])
    write_csv(disagreements(first, other), to["disagreements"])


if __name__ == "__main__":
    with reporting_errors(snakemake.log[0]):
        main(
            snakemake.input.relations,
            snakemake.input.second_relations,
            snakemake.params.ledger,
            snakemake.params.seed,
            dict(snakemake.output.items()),
        )
