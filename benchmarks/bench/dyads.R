# Rscript dyads.R FOLDER: the dyadic sandwich by sandwich::vcovCL, once a cluster (Aronow, Samii & Assenova 2015,
# Political Analysis 23, section 3): of every cluster the rows that hold it are one group and each other row is
# one; minus that by pair, minus (clusters - 2) times that of independent rows. No package of Debian's knows dyads;
# clustering two ways by the ends is another thing (a cluster that is once i and once j is two there).
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
suppressPackageStartupMessages(library(sandwich))
source(file.path(here, "measured.R"))
source(file.path(here, "panel_data.R"))
fit <- fitted_model()
i <- readBin(path("i"), "integer", n)
j <- readBin(path("j"), "integer", n)
rm(rows)
clustered <- function(group) vcovCL(fit, cluster = group, type = "HC0", cadjust = FALSE)
measured(function() {
  nodes <- unique(c(i, j))
  V <- -clustered(i * (max(j) + 1) + j) - (length(nodes) - 2) * clustered(seq_len(n))
  for (node in nodes) V <- V + clustered(ifelse(i == node | j == node, 0L, seq_len(n)))
  as.vector(V)
})
