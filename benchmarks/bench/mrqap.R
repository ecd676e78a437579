# Rscript mrqap.R FOLDER FAMILY PERMUTATIONS: netlm or netlogit of sna, double semi-partialling.
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
suppressPackageStartupMessages(library(sna))
source(file.path(here, "measured.R"))
values <- as.matrix(read.table(path("matrices.txt"))) # a matrix a line, symmetric
n <- sqrt(ncol(values))
covariates <- nrow(values) - 2
x <- lapply(seq_len(covariates), function(q) matrix(values[q, ], n))
linear <- arguments[2] == "linear"
y <- matrix(values[covariates + if (linear) 1 else 2, ], n)
run <- if (linear) netlm else netlogit
measured(function() {
  found <- suppressWarnings(run(y, x, mode = "graph", nullhyp = "qapspp", reps = as.integer(arguments[3])))
  unname(found$coefficients)
})
