# Effects on E[y] of families that marginaleffects does not know with both parts: Rscript tests/oracles/effects.R
# (seconds; needs pscl, MASS and numDeriv). Reads counts.csv, writes effects.csv. Likelihoods written out
# (families.R, and below), polished to their top from pscl's and polr's; expectations written out and held against
# pscl's predictions; gradients and observed information by numDeriv (Richardson).
suppressPackageStartupMessages({library(pscl); library(MASS)})
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
source(file.path(here, "families.R"))
d <- read.csv(file.path(here, "counts.csv"))
X_of <- function(d) cbind(1, d$x, d$z, d$x * d$z)
Z_of <- function(d) cbind(1, d$x)

# ---- expected outcomes as functions of all parameters and data ---------------------------------------------
count <- function(p) p[1:4]
second <- function(p) p[5:6]
size <- function(p) exp(-p[7])
means <- list(
  zip = function(p, d) plogis(-Z_of(d) %*% second(p)) * exp(X_of(d) %*% count(p)),
  zinb = function(p, d) plogis(-Z_of(d) %*% second(p)) * exp(X_of(d) %*% count(p)),
  hurdle_poisson = function(p, d) {
    mu <- exp(X_of(d) %*% count(p))
    plogis(Z_of(d) %*% second(p)) * mu / (1 - exp(-mu))
  },
  hurdle_negbin = function(p, d) {
    mu <- exp(X_of(d) %*% count(p))
    plogis(Z_of(d) %*% second(p)) * mu / (1 - dnbinom(0, size = size(p), mu = mu))
  }
)
classes <- function(p, d) { # of an ordered logit: three slopes, two cut points
  above <- sapply(4:5, function(k) plogis(X_of(d)[, -1] %*% p[1:3] - p[k]))
  cbind(1 - above[, 1], above[, 1] - above[, 2], above[, 2])
}
steps <- function(p, d) { # of continuation ratios: four coefficients a step
  first <- plogis(X_of(d) %*% p[1:4])
  then <- plogis(X_of(d) %*% p[5:8])
  cbind(1 - first, first * (1 - then), first * then)
}

# ---- fits ------------------------------------------------------------------------------------------------
two_parts <- function(family) {
  dist <- if (grepl("nb|negbin", family)) "negbin" else "poisson"
  fitter <- if (grepl("hurdle", family)) hurdle else zeroinfl
  fit <- fitter(count ~ x * z | x, data = d, dist = dist)
  start <- c(coef(fit), if (dist == "negbin") -log(fit$theta))
  loglik <- function(p) sum(two_part[[family]](d$count, X_of(d), Z_of(d), count(p), second(p), p[7]))
  top <- polish(loglik, unname(start))
  stopifnot(abs(mean(means[[family]](top$params, d)) - mean(predict(fit, type = "response"))) < 1e-4)
  top
}
of_classes <- function(probabilities, start) {
  polish(function(p) sum(log(probabilities(p, d)[cbind(seq_len(nrow(d)), d$class + 1)])), start)
}
ordered <- polr(factor(class) ~ x * z, data = d)
first <- glm(class > 0 ~ x * z, binomial, d)
then <- glm(class > 1 ~ x * z, binomial, d[d$class > 0, ])

# ---- effects ---------------------------------------------------------------------------------------------
slope <- function(mean_of, p, d, h = 1e-3) { # fourth order
  at <- function(by) mean(mean_of(p, transform(d, x = x + by)))
  (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h)
}
step <- function(mean_of, p, d) mean(mean_of(p, transform(d, z = 1))) - mean(mean_of(p, transform(d, z = 0)))
ratio <- function(mean_of, p, d, low, high) log(mean(mean_of(p, high)) / mean(mean_of(p, low)))
side <- mean(d$x) + c(-0.5, 0.5) * sd(d$x)
asked <- function(m) list(
  "ame:x" = function(p) slope(m, p, d),
  "ame:z" = function(p) step(m, p, d),
  "second_difference:x|z" = function(p) slope(m, p, transform(d, z = 1)) - slope(m, p, transform(d, z = 0)),
  "second_difference:z|x" = function(p) step(m, p, transform(d, x = side[2])) - step(m, p, transform(d, x = side[1])),
  "ratio:z" = function(p) ratio(m, p, d, transform(d, z = 0), transform(d, z = 1)),
  "ratio:x" = function(p) ratio(m, p, d, transform(d, x = x - 0.5), transform(d, x = x + 0.5)),
  "ratio_of_ratios:x|z" = function(p) {
    one <- function(to) ratio(m, p, d, transform(d, x = x - 0.5, z = to), transform(d, x = x + 0.5, z = to))
    one(1) - one(0)
  }
)
rows <- NULL
judge <- function(family, top, functions) {
  for (name in names(functions)) {
    g <- numDeriv::grad(functions[[name]], top$params)
    error <- sqrt(drop(g %*% top$vcov %*% g))
    rows <<- rbind(rows, data.frame(family, effect = name, estimate = functions[[name]](top$params), std_error = error))
  }
}
for (family in names(means)) judge(family, two_parts(family), asked(means[[family]]))
ordinal <- list(
  ordered_logit = list(classes, unname(c(coef(ordered), ordered$zeta))),
  sequential = list(steps, unname(c(coef(first), coef(then))))
)
for (family in names(ordinal)) {
  probabilities <- ordinal[[family]][[1]]
  top <- of_classes(probabilities, ordinal[[family]][[2]])
  judge(family, top, asked(function(p, d) drop(probabilities(p, d) %*% 0:2)))
  of_class <- lapply(0:2, function(k) function(p) slope(function(p, d) probabilities(p, d)[, k + 1], p, d))
  judge(family, top, setNames(of_class, paste0("ame:x#class=", 0:2)))
}
rows[3:4] <- lapply(rows[3:4], function(v) sprintf("%.15g", v))
write.csv(rows, file.path(here, "effects.csv"), row.names = FALSE, quote = FALSE, eol = "\n")
