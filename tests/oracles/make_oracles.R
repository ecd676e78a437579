# Makes the data and the values of tests/oracles: Rscript tests/oracles/make_oracles.R
# Needs R 4 with MASS, pscl, sandwich, survival, brglm2, numDeriv, VGAM (Debian: r-cran-<name in lower case>).
# What the values are, and the conventions, is in README.md beside this file.
suppressPackageStartupMessages({
  library(MASS); library(pscl); library(sandwich); library(survival); library(brglm2); library(numDeriv)
})
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
for (part in c("synthetic.R", "brute_force.R", "families.R")) source(file.path(here, part))
set.seed(20130601, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")
TIGHT <- glm.control(epsilon = 1e-15, maxit = 200)
PRIOR_VARIANCE <- 1

# ---- values: one row a number ------------------------------------------------------------------------
kept <- list()
keep <- function(model, quantity, row, col, value) {
  kept[[length(kept) + 1]] <<- data.frame(model, quantity, row, col, value = sprintf("%.15g", value))
}
keep_vector <- function(model, quantity, values) keep(model, quantity, names(values), "", unname(values))
keep_matrix <- function(model, quantity, V, terms) {
  V <- (V + t(V)) / 2
  at <- which(upper.tri(V, diag = TRUE), arr.ind = TRUE)
  keep(model, quantity, terms[at[, 1]], terms[at[, 2]], V[at])
}
# Names of terms as formulaic writes them.
spell <- function(names) {
  sub("factor\\(period\\)(.)", "C(period)[T.\\1]", sub("(Intercept)", "Intercept", names, fixed = TRUE))
}
close_to <- function(a, b, tolerance = 1e-8) {
  stopifnot(max(abs(unname(a) - unname(b)) / (1e-12 + sqrt(mean(unname(b)^2)))) < tolerance)
}

# ---- one linear predictor ----------------------------------------------------------------------------
LINK <- list(
  logit = quasibinomial("logit"), cloglog = quasibinomial("cloglog"), poisson = quasipoisson(), linear = gaussian()
)  # quasi: no complaint about weights; the estimate is the same
fit_glm <- function(formula, family, data, start = NULL) {
  data$.w <- if (is.null(data$.weight)) 1 else data$.weight
  data$.o <- if (is.null(data$.offset)) 0 else data$.offset
  glm(formula, LINK[[family]], data, weights = .w, offset = .o, control = TIGHT, start = start)
}
# glm stops where the deviance stands still; two Newton steps more take the estimate to machine precision.
estimate <- function(fit, family) {
  X <- model.matrix(fit)
  w <- fit$prior.weights
  b <- coef(fit)
  offset <- if (is.null(fit$offset)) 0 else fit$offset
  for (step in 1:2) {
    eta <- drop(X %*% b) + offset
    information <- crossprod(X * (-w * row_curvature[[family]](fit$y, eta)), X)
    b <- b + solve(information, colSums(X * (w * row_slope[[family]](fit$y, eta))))
  }
  b
}

one_predictor <- function(model, formula, family, data, weight = NULL, offset = NULL, exact = FALSE) {
  data$.weight <- if (!is.null(weight)) data[[weight]]
  data$.offset <- if (!is.null(offset)) data[[offset]]
  fit <- fit_glm(formula, family, data)
  w <- if (is.null(weight)) rep(1, nrow(data)) else data[[weight]]
  X <- model.matrix(fit)
  y <- fit$y
  b <- estimate(fit, family)
  eta <- drop(X %*% b) + if (is.null(offset)) 0 else data[[offset]]
  scores <- X * (w * row_slope[[family]](y, eta))
  curvature <- -w * row_curvature[[family]](y, eta)
  row_information <- aperm(apply(X, 1, tcrossprod) |> array(c(ncol(X), ncol(X), nrow(X))), c(3, 1, 2)) * curvature
  information <- crossprod(X * curvature, X)
  loglik <- function(b) sum(w * row_loglik[[family]](y, drop(X %*% b) + if (is.null(offset)) 0 else data[[offset]]))
  check_derivatives(loglik, b, scores, information)
  terms <- spell(names(coef(fit)))
  i <- data$cluster_i
  j <- data$cluster_j
  put <- function(quantity, V) keep_matrix(model, quantity, V, terms)
  close_to(coef(fit), b, 1e-6)
  keep_vector(model, "coef", setNames(b, terms))
  if (family != "linear") keep(model, "loglik", "", "", loglik(b))
  if (family == "linear" && is.null(weight)) keep(model, "loglik", "", "", as.numeric(logLik(fit)))
  scale <- if (family == "linear") sum(w * (y - eta)^2) / fit$df.residual else 1
  put("classical", solve(information) * scale)
  put("hc0", sandwich_of(scores, information, diag(nrow(X))))
  put("dyad", sandwich_of(scores, information, outer(pair_id(i, j), pair_id(i, j), "==") * 1))
  check_sandwich(fit, family, scores, information, pair_id(i, j))
  put("dyadic", sandwich_of(scores, information, dyadic_weights(i, j)))
  by_project <- sandwich_of(scores, information, dyadic_weights(i, j, data$projects))
  put("dyadic_project", by_project)
  put("dyadic_project_clipped", clip(by_project))
  put("dyadic_jackknife", jackknife_one_step(scores, row_information, i, j))
  put("dyadic_jackknife_project", jackknife_one_step(scores, row_information, i, j, data$projects))
  if (exact) {
    refit <- function(rows) estimate(fit_glm(formula, family, data[rows, ], start = b), family)
    put("dyadic_jackknife_exact", jackknife_exact(refit, b, i, j))
  }
}

# The hand-written derivatives against numerical ones.
check_derivatives <- function(loglik, b, scores, information) {
  stopifnot(max(abs(colSums(scores))) < 1e-8)
  close_to(-hessian(loglik, b), information, 1e-6)
}

# sandwich's own covariances, with the observed information in the place of its (expected) bread where
# the two differ (cloglog).
check_sandwich <- function(fit, family, scores, information, pair) {
  bread_matrix <- solve(information) * nrow(scores)
  s <- estfun(fit)
  s <- s * mean(abs(scores)) / mean(abs(s))  # sandwich divides the scores by the dispersion
  close_to(s, scores, 1e-6)
  meat_of <- function(x) crossprod(x) / nrow(x)
  close_to(sandwich(fit, bread. = bread_matrix, meat. = meat_of(s)), sandwich_of(scores, information, diag(nrow(scores))), 1e-6)
  if (family == "cloglog") return(invisible())
  close_to(vcovHC(fit, type = "HC0"), sandwich_of(scores, information, diag(nrow(scores))), 1e-6)
  by_pair <- vcovCL(fit, cluster = pair, type = "HC0", cadjust = FALSE)
  close_to(by_pair, sandwich_of(scores, information, outer(pair, pair, "==") * 1), 1e-6)
}

# ---- Firth -------------------------------------------------------------------------------------------
firth <- function(model, formula, data) {
  fit_firth <- function(rows) {
    data <- data[rows, ]
    glm(formula, binomial("logit"), data, method = "brglmFit", type = "AS_mean", epsilon = 1e-13, maxit = 1000)
  }
  fit <- fit_firth(rep(TRUE, nrow(data)))
  X <- model.matrix(fit)
  p <- fitted(fit)
  information <- crossprod(X * (p * (1 - p)), X)
  h <- rowSums((X %*% solve(information)) * X) * p * (1 - p)
  scores <- X * (fit$y - p + h * (0.5 - p))
  stopifnot(max(abs(colSums(scores))) < 1e-8)
  close_to(vcov(fit), solve(information))
  terms <- spell(names(coef(fit)))
  put <- function(quantity, V) keep_matrix(model, quantity, V, terms)
  keep_vector(model, "coef", setNames(coef(fit), terms))
  loglik <- sum(row_loglik$logit(fit$y, fit$linear.predictors))
  keep(model, "loglik", "", "", loglik)
  keep(model, "penalised_loglik", "", "", loglik + as.numeric(determinant(information)$modulus) / 2)
  put("classical", solve(information))
  put("augmented", solve(crossprod(X * ((1 + h) * p * (1 - p)), X)))
  i <- data$cluster_i
  j <- data$cluster_j
  put("hc0", sandwich_of(scores, information, diag(nrow(X))))
  put("dyad", sandwich_of(scores, information, outer(pair_id(i, j), pair_id(i, j), "==") * 1))
  put("dyadic", sandwich_of(scores, information, dyadic_weights(i, j)))
  put("dyadic_jackknife_exact", jackknife_exact(function(rows) coef(fit_firth(rows)), coef(fit), i, j))
  corrected_predictions(model, fit, X, h, terms)
}
# Puhr et al. (2017) by glm alone: FLIC is the intercept given Firth's slopes; FLAC the fit to the data and
# twice the data again with weights h / 2, once with y and once with 1 - y, apart by an indicator.
corrected_predictions <- function(model, fit, X, h, terms) {
  y <- fit$y
  slopes <- drop(X[, -1] %*% coef(fit)[-1])
  intercept <- coef(glm(y ~ 1, quasibinomial(), offset = slopes, control = TIGHT))
  keep_vector(model, "flic", setNames(c(intercept, coef(fit)[-1]), terms))
  again <- data.frame(rbind(X, X, X), y = c(y, y, 1 - y), w = c(rep(1, length(y)), h / 2, h / 2), check.names = FALSE)
  again$added <- rep(c(0, 1, 1), each = length(y))
  flac <- glm(reformulate(c(colnames(X)[-1], "added"), "y"), quasibinomial(), again, weights = w, control = TIGHT)
  keep_vector(model, "flac", setNames(coef(flac)[seq_along(terms)], terms))
  close_to(sum(plogis(drop(X %*% coef(flac)[seq_along(terms)]))), sum(y), 1e-6)
}

# ---- counts with two parts ---------------------------------------------------------------------------
two_parts <- function(data) {
  negbin <- glm.nb(count ~ x + z, data, control = TIGHT)
  close <- zeroinfl.control(reltol = 1e-15, EM = FALSE)
  hurdles <- hurdle.control(reltol = 1e-15)
  second_part("negbin", data, coef(negbin), numeric(0), negbin$theta, logLik(negbin))
  keep_matrix("negbin", "classical_expected", vcov(negbin), spell(names(coef(negbin))))
  for (family in c("zip", "zinb", "hurdle_poisson", "hurdle_negbin")) {
    dist <- if (family %in% c("zip", "hurdle_poisson")) "poisson" else "negbin"
    fit <- if (family %in% c("zip", "zinb")) zeroinfl(count ~ x + z | x, data, dist = dist, control = close) else
      hurdle(count ~ x + z | x, data, dist = dist, control = hurdles)
    second_part(family, data, fit$coefficients$count, fit$coefficients$zero, fit$theta, logLik(fit), fit)
  }
}
second_part <- function(family, data, b, g, theta, published, fit = NULL) {
  X <- model.matrix(~ x + z, data)
  Z <- model.matrix(~x, data)
  a <- if (is.null(theta)) numeric(0) else unname(-log(theta))
  split <- rep(c("b", "g", "a"), c(length(b), length(g), length(a)))
  rows_at <- function(r) function(v) {
    part <- function(name) v[split == name]
    drop(two_part[[family]](data$count[r], X[r, , drop = FALSE], Z[r, , drop = FALSE], part("b"), part("g"), part("a")))
  }
  second <- if (family %in% c("zip", "zinb")) "inflate" else "zero"
  names <- if (length(g)) c(paste0("count:", names(b)), paste0(second, ":", names(g))) else names(b)
  names <- sub("(Intercept)", "Intercept", c(names, if (length(a)) "ln(alpha)"), fixed = TRUE)
  scores <- by_rows(family, data, rows_at, unname(c(b, g, a)), names, published)
  # pscl's own scores (it has none for theta)
  if (family %in% c("zip", "hurdle_poisson")) close_to(estfun(fit), scores, 1e-4)
}
# Everything that follows from the log-likelihood of each row, by numerical derivatives (Richardson).
by_rows <- function(model, data, rows_at, start, names, published) {
  every <- rows_at(seq_len(nrow(data)))
  top <- polish(function(v) sum(every(v)), start)
  close_to(top$loglik, as.numeric(published), 1e-9)
  close_to(top$params, start, 1e-4)
  keep_vector(model, "coef", setNames(top$params, names))
  keep(model, "loglik", "", "", top$loglik)
  keep_matrix(model, "classical", top$vcov, names)
  scores <- jacobian(every, top$params)
  curvature <- lapply(seq_len(nrow(data)), function(r) -hessian(rows_at(r), top$params))
  row_information <- aperm(simplify2array(curvature), c(3, 1, 2))
  information <- apply(row_information, c(2, 3), sum)
  close_to(solve(information), top$vcov, 1e-6)
  i <- data$cluster_i
  j <- data$cluster_j
  put <- function(quantity, V) keep_matrix(model, quantity, V, names)
  put("hc0", sandwich_of(scores, information, diag(nrow(data))))
  put("dyad", sandwich_of(scores, information, outer(pair_id(i, j), pair_id(i, j), "==") * 1))
  put("dyadic", sandwich_of(scores, information, dyadic_weights(i, j)))
  put("dyadic_project", sandwich_of(scores, information, dyadic_weights(i, j, data$projects)))
  put("dyadic_jackknife", jackknife_one_step(scores, row_information, i, j))
  put("dyadic_jackknife_project", jackknife_one_step(scores, row_information, i, j, data$projects))
  scores
}

# ---- classes: none, single, repeated -----------------------------------------------------------------
classes <- function(data) {
  X <- model.matrix(~ x + z, data)
  y <- data$class
  fit <- MASS::polr(ordered(class) ~ x + z, data, control = list(reltol = 1e-15, maxit = 1000))
  ordered_rows <- function(r) function(v) {
    eta <- drop(X[r, -1, drop = FALSE] %*% v[1:2])
    cuts <- c(-Inf, v[3:4], Inf)
    log(plogis(cuts[y[r] + 2] - eta) - plogis(cuts[y[r] + 1] - eta))
  }
  start <- unname(c(coef(fit), fit$zeta))
  by_rows("ordered_logit", data, ordered_rows, start, c("x", "z", "0|1", "1|2"), logLik(fit))
  ratios <- VGAM::vglm(ordered(class) ~ x + z, VGAM::cratio(parallel = FALSE), data, epsilon = 1e-14, maxit = 100)
  b <- VGAM::coef(ratios, matrix = TRUE)  # logit P(Y > j | Y >= j), one column a step
  step_rows <- function(r) function(v) {
    first <- drop(X[r, , drop = FALSE] %*% v[1:3])
    again <- drop(X[r, , drop = FALSE] %*% v[4:6])
    ifelse(y[r] == 0, plogis(-first, log.p = TRUE), plogis(first, log.p = TRUE) +
      ifelse(y[r] == 1, plogis(-again, log.p = TRUE), plogis(again, log.p = TRUE)))
  }
  names <- c(outer(c("Intercept", "x", "z"), c("above_0", "above_1"), function(x, part) paste0(part, ":", x)))
  by_rows("sequential", data, step_rows, c(unname(b)), names, VGAM::logLik.vlm(ratios))
  invisible()
}

# ---- list choice -------------------------------------------------------------------------------------
# One row an alternative: the sums of the pair covariates inside the subset, and who is in it.
alternatives <- function(world, listed) {
  rows <- lapply(seq_len(nrow(world$lists)), function(l) {
    list <- world$lists[l, ]
    members <- strsplit(list$members, ";", fixed = TRUE)[[1]]
    sets <- combn(intersect(active_bodies(world$bodies, list$period), listed), length(members))
    pairs <- world$pairs[world$pairs$period == list$period, ]
    X <- t(apply(sets, 2, function(s) {
      inside <- pairs$cluster_i %in% s & pairs$cluster_j %in% s
      c(sum(pairs$same_sector[inside]), sum(pairs$log_distance_km[inside]), as.numeric(listed %in% s))
    }))
    chosen <- apply(sets, 2, setequal, members)
    cbind(l, chosen, X)
  })
  found <- do.call(rbind, rows)
  colnames(found) <- c("stratum", "chosen", "same_sector", "log_distance_km", listed)
  found
}
list_choice <- function(world) {
  size <- lengths(strsplit(world$lists$members, ";", fixed = TRUE))
  for (model in c("list_choice", "list_choice_pairs")) {
    part <- world
    if (model == "list_choice_pairs") part$lists <- world$lists[size == 2, ]
    listed <- sort(unique(unlist(strsplit(part$lists$members, ";", fixed = TRUE))))
    found <- alternatives(part, listed)
    X <- found[, -(1:2)]
    free <- conditional_logit(X[, -3], found[, "chosen"], found[, "stratum"])  # the first body is the reference
    check_clogit(found, free)
    keep_vector(model, "coef", free$params)
    keep(model, "loglik", "", "", free$loglik)
    keep_matrix(model, "classical", free$vcov, names(free$params))
    prior <- conditional_logit(X, found[, "chosen"], found[, "stratum"], c(0, 0, rep(1 / PRIOR_VARIANCE, length(listed))))
    keep_vector(paste0(model, "_prior"), "coef", prior$params)
    keep(paste0(model, "_prior"), "loglik", "", "", prior$loglik)  # without the prior
    keep_matrix(paste0(model, "_prior"), "classical", prior$vcov, names(prior$params))
  }
}
check_clogit <- function(found, free) {
  data <- as.data.frame(found[, -5])
  formula <- reformulate(c(names(free$params), "strata(stratum)"), "chosen")
  reference <- clogit(formula, data, method = "exact", control = coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 100))
  close_to(coef(reference), free$params)
  close_to(vcov(reference), free$vcov)
  close_to(as.numeric(logLik(reference)), free$loglik)
}

# ---- run ---------------------------------------------------------------------------------------------
write_data <- function(data, name) write.csv(data, file.path(here, name), row.names = FALSE, quote = FALSE)
panel <- draw_panel()
separated <- draw_separated()
counts <- draw_counts()
world <- draw_lists()
write_data(panel, "panel.csv")
write_data(separated, "separated.csv")
write_data(counts, "counts.csv")
for (table in names(world)) write_data(world[[table]], paste0("list_", table, ".csv"))

pairwise <- ~ same_region + log_distance_km + similarity
tie <- update(pairwise, tie ~ .)
count <- update(pairwise, n_projects ~ .)
one_predictor("logit", tie, "logit", panel, exact = TRUE)
one_predictor("logit_weighted", tie, "logit", panel, weight = "weight")
one_predictor("logit_interaction", update(tie, . ~ . + same_region:similarity + factor(period)), "logit", panel)
one_predictor("cloglog", tie, "cloglog", panel, exact = TRUE)
one_predictor("cloglog_offset", tie, "cloglog", panel, offset = "log_visibility")
one_predictor("poisson", count, "poisson", panel, exact = TRUE)
one_predictor("poisson_offset", count, "poisson", panel, offset = "log_visibility")
one_predictor("poisson_weighted_offset", count, "poisson", panel, weight = "weight", offset = "log_visibility")
one_predictor("linear", update(pairwise, strength ~ .), "linear", panel, exact = TRUE)
one_predictor("linear_weighted", update(pairwise, strength ~ .), "linear", panel, weight = "weight")
firth("firth", tie ~ same_vocation + log_distance_km + similarity, separated)
two_parts(counts)
classes(counts)
list_choice(world)
values <- do.call(rbind, kept)
write_data(values, "values.csv")
used <- c("MASS", "pscl", "sandwich", "survival", "brglm2", "numDeriv", "VGAM")
versions <- vapply(used, function(p) as.character(packageVersion(p)), "")
writeLines(c(paste("R", getRversion()), paste(names(versions), versions)), file.path(here, "versions.txt"))
