# Log-likelihoods of the rows, as their textbooks write them, and a maximiser that ends at machine
# precision. They serve to polish what the packages return and to give observed information.

row_loglik <- list(
  logit = function(y, eta) y * eta - log1p(exp(eta)),
  cloglog = function(y, eta) ifelse(y > 0, log(-expm1(-exp(eta))), -exp(eta)),
  poisson = function(y, eta) dpois(y, exp(eta), log = TRUE),
  linear = function(y, eta) -(y - eta)^2 / 2
)

# First and second derivative of each row in its linear predictor.
row_slope <- list(
  logit = function(y, eta) y - plogis(eta),
  cloglog = function(y, eta) ifelse(y > 0, exp(eta) / expm1(exp(eta)), -exp(eta)),
  poisson = function(y, eta) y - exp(eta),
  linear = function(y, eta) y - eta
)
row_curvature <- list(
  logit = function(y, eta) -plogis(eta) * plogis(-eta),
  cloglog = function(y, eta) {
    m <- exp(eta)
    ifelse(y > 0, m / expm1(m) - m^2 * exp(m) / expm1(m)^2, -m)
  },
  poisson = function(y, eta) -exp(eta),
  linear = function(y, eta) rep(-1, length(eta))
)

# Counts with two parts. b: count coefficients, g: coefficients of the second part, a: ln alpha.
two_part <- list(
  negbin = function(y, X, Z, b, g, a) dnbinom(y, size = exp(-a), mu = exp(X %*% b), log = TRUE),
  zip = function(y, X, Z, b, g, a) inflated(y, Z %*% g, dpois(y, exp(X %*% b), log = TRUE)),
  zinb = function(y, X, Z, b, g, a) inflated(y, Z %*% g, dnbinom(y, size = exp(-a), mu = exp(X %*% b), log = TRUE)),
  hurdle_poisson = function(y, X, Z, b, g, a) {
    mu <- exp(X %*% b)
    hurdle_of(y, Z %*% g, dpois(y, mu, log = TRUE), dpois(0, mu, log = TRUE))
  },
  hurdle_negbin = function(y, X, Z, b, g, a) {
    mu <- exp(X %*% b)
    hurdle_of(y, Z %*% g, dnbinom(y, size = exp(-a), mu = mu, log = TRUE), dnbinom(0, size = exp(-a), mu = mu, log = TRUE))
  }
)
inflated <- function(y, eta, count) {
  ifelse(y == 0, log(plogis(eta) + plogis(-eta) * exp(count)), plogis(-eta, log.p = TRUE) + count)
}
hurdle_of <- function(y, eta, count, zero) {
  ifelse(y == 0, plogis(-eta, log.p = TRUE), plogis(eta, log.p = TRUE) + count - log(-expm1(zero)))
}

# Newton steps with numerical derivatives (Richardson extrapolation) from a start near the top.
polish <- function(loglik, start, steps = 6) {
  for (step in seq_len(steps)) start <- start - solve(numDeriv::hessian(loglik, start), numDeriv::grad(loglik, start))
  stopifnot(max(abs(numDeriv::grad(loglik, start))) < 1e-6)
  list(params = start, loglik = loglik(start), vcov = solve(-numDeriv::hessian(loglik, start)))
}

# Conditional logit from enumerated alternatives: `X` one row an alternative, `chosen` 0/1, `stratum`.
# `precision` is the inverse variance of a normal prior on each parameter (0: none).
conditional_logit <- function(X, chosen, stratum, precision = rep(0, ncol(X))) {
  probabilities <- function(b) {
    w <- drop(X %*% b)
    w <- exp(w - ave(w, stratum, FUN = max))
    w / ave(w, stratum, FUN = sum)
  }
  top <- function(b) sum(log(probabilities(b)[chosen == 1])) - sum(precision * b^2) / 2
  b <- rep(0, ncol(X))
  for (step in 1:100) {
    p <- probabilities(b)
    mean <- rowsum(X * p, stratum)
    score <- colSums(X[chosen == 1, , drop = FALSE]) - colSums(mean) - precision * b
    information <- crossprod(X * p, X) - crossprod(mean) + diag(precision, ncol(X))
    move <- solve(information, score)
    if (max(abs(move)) < 1e-13) break
    while (top(b + move) < top(b) - 1e-9) move <- move / 2
    b <- b + move
  }
  stopifnot(max(abs(score)) < 1e-9)
  list(params = setNames(b, colnames(X)), loglik = sum(log(p[chosen == 1])), vcov = solve(information))
}
