# Scores of probability forecasts: the area under the ROC curve and its variance by DeLong et al. (1988) from
# pROC, calibration intercept and slope from glm, average precision and Brier score written out.
#     Rscript tests/oracles/validation.R
# writes validation.csv (240 forecasts with ties, and outcomes) and validation_values.csv.
suppressPackageStartupMessages(library(pROC))

here <- dirname(sub("--file=", "", grep("--file=", commandArgs(FALSE), value = TRUE)))
set.seed(23)
n <- 240
odds <- rnorm(n, -2)
y <- rbinom(n, 1, plogis(0.4 + 0.7 * odds))
p <- round(plogis(odds), 2) + 0.005 # ties
write.csv(data.frame(y = y, p = p), file.path(here, "validation.csv"), row.names = FALSE)

curve <- roc(y, p, quiet = TRUE, direction = "<")
logit <- qlogis(p)
precision <- sapply(p[y == 1], function(level) mean(y[p >= level]))
values <- c(
  roc_auc = as.numeric(auc(curve)),
  roc_auc_variance = var(curve, method = "delong"),
  pr_auc = mean(precision),
  brier = mean((y - p)^2),
  log_score = -mean(dbinom(y, 1, p, log = TRUE)),
  calibration_intercept = unname(coef(glm(y ~ offset(logit), family = binomial, epsilon = 1e-14))),
  calibration_slope = unname(coef(glm(y ~ logit, family = binomial, epsilon = 1e-14))[2])
)
lines <- sprintf("%s,%.15g", names(values), values)
writeLines(c("quantity,value", lines), file.path(here, "validation_values.csv"))
cat(R.version.string, "pROC", as.character(packageVersion("pROC")), "\n")
