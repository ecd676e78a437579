# Joint covariances of two models on overlapping rows: Rscript tests/oracles/joint.R, after make_oracles.R.
# Needs R 4 with sandwich and multcomp. Writes joint.csv; what the values are is in README.md beside this file.
suppressPackageStartupMessages({library(sandwich); library(multcomp)})
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
source(file.path(here, "brute_force.R"))
TIGHT <- glm.control(epsilon = 1e-15, maxit = 200)

panel <- read.csv(file.path(here, "panel.csv"))
first <- panel[panel$period <= 3, ]             # ties, logit: the first three periods
then <- panel[panel$period >= 2, ]              # counts, Poisson: the last three, other terms
tie <- glm(tie ~ same_region + similarity, binomial, first, control = TIGHT)
count <- glm(n_projects ~ log_distance_km + same_region, poisson, then, control = TIGHT)
terms <- c(paste0("tie.", names(coef(tie))), paste0("count.", names(coef(count))))
terms <- sub("(Intercept)", "Intercept", terms, fixed = TRUE)

# Scores side by side, information down the diagonal: one estimate of all parameters.
beside <- function(a, b) rbind(cbind(a, matrix(0, nrow(a), ncol(b))), cbind(matrix(0, nrow(b), ncol(a)), b))
scores <- beside(estfun(tie), estfun(count))
row_information <- function(fit) {
  X <- model.matrix(fit)
  aperm(array(apply(X, 1, tcrossprod), c(ncol(X), ncol(X), nrow(X))), c(3, 1, 2)) * fit$weights
}
own <- list(row_information(tie), row_information(count))
all_information <- array(0, c(nrow(scores), 6, 6))
all_information[seq_len(nrow(first)), 1:3, 1:3] <- own[[1]]
all_information[nrow(first) + seq_len(nrow(then)), 4:6, 4:6] <- own[[2]]
information <- apply(all_information, c(2, 3), sum)
i <- c(first$cluster_i, then$cluster_i)
j <- c(first$cluster_j, then$cluster_j)
projects <- c(first$projects, then$projects)

# Clustered by pair as sandwich's parts give it: influence of each model summed over the pair, crossed.
influence <- function(fit, data) {
  pair <- factor(pair_id(data$cluster_i, data$cluster_j), levels = sort(unique(pair_id(i, j))))
  change <- estfun(fit) %*% bread(fit) / nobs(fit)
  apply(change, 2, function(column) tapply(column, pair, sum, default = 0))
}
dyad <- crossprod(cbind(influence(tie, first), influence(count, then)))
alone <- vcovCL(tie, pair_id(first$cluster_i, first$cluster_j), type = "HC0", cadjust = FALSE)
stopifnot(max(abs(dyad[1:3, 1:3] - alone)) < 1e-12)

# multcomp's joint distribution of models on the same rows, where every pair has one row: correlations.
once <- panel[panel$period == 2, ]
a <- glm(tie ~ same_region + similarity, binomial, once, control = TIGHT)
b <- glm(n_projects ~ log_distance_km + same_region, poisson, once, control = TIGHT)
cross <- cov2cor(vcov(mmm(tie = a, count = b)))[1:3, 4:6]  # it keeps robust correlations, not variances

values <- list(
  dyad = dyad,
  dyadic_project = sandwich_of(scores, information, dyadic_weights(i, j, projects)),
  dyadic_jackknife_project = jackknife_one_step(scores, all_information, i, j, projects)
)
lines <- do.call(rbind, lapply(names(values), function(name) {
  at <- which(upper.tri(values[[name]], diag = TRUE), arr.ind = TRUE)
  data.frame(quantity = name, row = terms[at[, 1]], col = terms[at[, 2]], value = values[[name]][at])
}))
lines <- rbind(lines, data.frame(
  quantity = "multcomp", row = rep(terms[1:3], 3), col = rep(terms[4:6], each = 3), value = as.vector(cross)
))

# Wald tests by multcomp, of the Poisson model with its pair-clustered covariance: chi-squared, and as F(2, 19).
clustered <- vcovCL(count, pair_id(then$cluster_i, then$cluster_j), type = "HC0", cadjust = FALSE)
restrictions <- rbind(c(0, 1, 0), c(0, 1, 1))
test <- summary(glht(count, restrictions, rhs = c(0.1, -0.2), vcov. = clustered), test = Chisqtest())$test
statistic <- test$SSH
lines <- rbind(lines, data.frame(
  quantity = rep(c("wald_chi2", "wald_F"), each = 2), row = c("statistic", "p"), col = "",
  value = c(statistic, test$pvalue, statistic / 2, pf(statistic / 2, 2, 19, lower.tail = FALSE))
))
for (method in c("holm", "BH")) {
  p <- c(0.01, 0.04, 0.03, 0.005, 0.2, 0.2, 0.9, 0.012)
  lines <- rbind(lines, data.frame(quantity = method, row = p, col = seq_along(p), value = p.adjust(p, method)))
}
lines$value <- sprintf("%.15g", lines$value)
write.csv(lines, file.path(here, "joint.csv"), row.names = FALSE, quote = FALSE)
