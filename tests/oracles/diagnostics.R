# Makes diagnostics.csv: Rscript tests/oracles/diagnostics.R (needs R 4 with car, MASS and pscl of Debian).
# Collinearity by car::vif and kappa(), expected counts by predict(type = "prob") or dpois, Pearson's statistic
# by residuals(type = "pearson"), on panel.csv and counts.csv of this folder; format as values.csv.
suppressPackageStartupMessages({ library(car); library(MASS); library(pscl) })
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
panel <- read.csv(file.path(here, "panel.csv"))
counts <- read.csv(file.path(here, "counts.csv"))
TIGHT <- glm.control(epsilon = 1e-15, maxit = 200)
MOST <- 6  # the last count of its own

kept <- list()
keep <- function(model, quantity, row, value) {
  kept[[length(kept) + 1]] <<- data.frame(model, quantity, row, value = sprintf("%.15g", value))
}

# ---- collinearity ------------------------------------------------------------------------------------
# Belsley, Kuh & Welsch: columns of unit length, uncentred; weighted: those of W^(1/2) X, the working weights.
condition <- function(X) kappa(scale(X, center = FALSE, scale = sqrt(colSums(X^2))), exact = TRUE)
collinearity <- function(model, formula, family) {
  fit <- glm(formula, family, panel, control = TIGHT)
  found <- vif(fit)
  keep(model, "gvif", rownames(found), found[, "GVIF"])
  keep(model, "gvif_root", rownames(found), found[, "GVIF^(1/(2*Df))"])
  X <- model.matrix(fit)
  keep(model, "condition", "design", condition(X))
  keep(model, "condition", "weighted", condition(X * sqrt(fit$weights)))
}
terms <- ~ same_region + log_distance_km + similarity + same_region:similarity + factor(period)
collinearity("logit", update(terms, tie ~ .), binomial())
collinearity("poisson", update(terms, n_projects ~ .), poisson())

# ---- counts ------------------------------------------------------------------------------------------
frequencies <- function(model, P) {
  below <- colSums(P[, as.character(0:(MOST - 1))])
  keep(model, "expected", c(0:(MOST - 1), paste0(MOST, "+")), c(below, nrow(P) - sum(below)))
}
dispersion <- function(model, fit, k) {
  keep(model, "pearson", "", sum(residuals(fit, type = "pearson")^2) / (nrow(counts) - k))
}
by_density <- function(density) sapply(setNames(0:(MOST - 1), 0:(MOST - 1)), density)

plain <- glm(count ~ x + z, poisson(), counts, control = TIGHT)
frequencies("poisson_counts", by_density(function(y) dpois(y, fitted(plain))))
dispersion("poisson_counts", plain, 3)
nb <- glm.nb(count ~ x + z, counts, control = TIGHT)
frequencies("negbin", by_density(function(y) dnbinom(y, mu = fitted(nb), size = nb$theta)))
dispersion("negbin", nb, 4)
for (dist in c("poisson", "negbin")) {
  second <- if (dist == "poisson") 5 else 6
  inflated <- zeroinfl(count ~ x + z | x, counts, dist = dist, control = zeroinfl.control(reltol = 1e-15, EM = FALSE))
  name <- if (dist == "poisson") "zip" else "zinb"
  frequencies(name, predict(inflated, type = "prob"))
  dispersion(name, inflated, second)
  hurdled <- hurdle(count ~ x + z | x, counts, dist = dist, control = hurdle.control(reltol = 1e-15))
  name <- paste0("hurdle_", dist)
  frequencies(name, predict(hurdled, type = "prob"))
  dispersion(name, hurdled, second)
}

# ---- influence: refits without each cluster, for the one-step changes to come near ---------------------
pairwise <- glm(n_projects ~ same_region + log_distance_km + similarity, poisson(), panel, control = TIGHT)
for (cluster in sort(unique(c(panel$cluster_i, panel$cluster_j)))) {
  rest <- panel[panel$cluster_i != cluster & panel$cluster_j != cluster, ]
  refit <- glm(formula(pairwise), poisson(), rest, control = TIGHT)
  keep("influence", cluster, names(coef(refit)), coef(refit) - coef(pairwise))
}
write.csv(do.call(rbind, kept), file.path(here, "diagnostics.csv"), row.names = FALSE, quote = FALSE)
used <- c("car", "MASS", "pscl")
versions <- vapply(used, function(p) as.character(packageVersion(p)), "")
writeLines(c(paste("R", getRversion()), paste(names(versions), versions)), file.path(here, "diagnostics_versions.txt"))
