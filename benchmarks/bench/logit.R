# Rscript logit.R FOLDER: R's glm with the sandwich of independent rows.
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
suppressPackageStartupMessages(library(sandwich))
source(file.path(here, "measured.R"))
source(file.path(here, "panel_data.R"))
measured(function() {
  fit <- fitted_model()
  sandwich(fit)
  unname(coef(fit))
})
