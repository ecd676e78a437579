# Rare-events logit by the formulas of King & Zeng (2001): Rscript tests/oracles/relogit.R
# Draws a population of pairs and periods, chooses rows by their outcome, and writes them (relogit.csv) with the
# corrected estimates (relogit_values.csv). Needs nothing but R; matrices are written out as the paper has them.
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
set.seed(20010901, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")

pairs <- t(combn(sprintf("c%02d", 1:50), 2))
population <- data.frame(cluster_i = pairs[, 1], cluster_j = pairs[, 2])[rep(seq_len(nrow(pairs)), 6), ]
population$x <- round(rnorm(nrow(population)), 4)
population$z <- rbinom(nrow(population), 1, 0.3)
population$y <- rbinom(nrow(population), 1, plogis(-5.2 + 0.9 * population$x + 0.7 * population$z))
tau <- mean(population$y)
events <- which(population$y == 1)
sample <- population[sort(c(events, sample(which(population$y == 0), 3 * length(events)))), ]
write.csv(sample, file.path(here, "relogit.csv"), row.names = FALSE, quote = FALSE)

y <- sample$y
X <- cbind(Intercept = 1, x = sample$x, z = sample$z)
n <- nrow(X)
k <- ncol(X)
ybar <- mean(y)
w1 <- tau / ybar
w0 <- (1 - tau) / (1 - ybar)
w <- w1 * y + w0 * (1 - y)

estimate <- function(weights) {
  b <- suppressWarnings(coef(glm(y ~ X - 1, binomial(), weights = weights, control = glm.control(1e-15, 200))))
  for (step in 1:2) {  # glm stops where the deviance stands still
    p <- drop(plogis(X %*% b))
    b <- b + solve(t(X) %*% (X * weights * p * (1 - p)), t(X) %*% (weights * (y - p)))
  }
  setNames(drop(b), colnames(X))
}
bias <- function(b, weights, w1) {
  p <- drop(plogis(X %*% b))
  W <- diag(p * (1 - p) * weights)
  Q <- diag(X %*% solve(t(X) %*% W %*% X) %*% t(X))
  xi <- 0.5 * Q * ((1 + w1) * p - w1)
  drop(solve(t(X) %*% W %*% X) %*% t(X) %*% W %*% xi)
}
variance <- function(b, weights) {
  p <- drop(plogis(X %*% b))
  (n / (n + k))^2 * solve(t(X) %*% diag(p * (1 - p) * weights) %*% X)
}
prior <- c(log((1 - tau) / tau * ybar / (1 - ybar)), 0, 0)
one <- rep(1, n)
plain <- estimate(one)
weighted <- estimate(w)

kept <- data.frame(quantity = "prevalence", term = "", value = tau)
keep <- function(quantity, term, value) kept <<- rbind(kept, data.frame(quantity, term, value = unname(value)))
keep_all <- function(quantity, values) keep(quantity, names(values), values)
keep_all("prior_uncorrected", plain - prior)
keep_all("prior", plain - bias(plain, one, 1) - prior)
keep_all("prior_population", plain - bias(plain, w, w1) - prior)
keep_all("weighting_uncorrected", weighted)
keep_all("weighting", weighted - bias(weighted, w, w1))
keep_all("bias_only", plain - bias(plain, one, 1))
V <- variance(plain, one)
for (a in 1:k) for (b in a:k) keep("prior_variance", paste(colnames(X)[a], colnames(X)[b]), V[a, b])
U <- variance(weighted, w)
for (a in 1:k) for (b in a:k) keep("weighting_variance", paste(colnames(X)[a], colnames(X)[b]), U[a, b])
# The first five rows: probabilities, and these averaged over the uncertainty of the estimate.
p <- drop(plogis(X[1:5, ] %*% (plain - bias(plain, one, 1) - prior)))
C <- (0.5 - p) * p * (1 - p) * diag(X[1:5, ] %*% V %*% t(X[1:5, ]))
keep("probability", 1:5, p)
keep("bayesian", 1:5, p + C)
keep("unbiased", 1:5, p - C)
kept$value <- sprintf("%.15g", kept$value)
write.csv(kept, file.path(here, "relogit_values.csv"), row.names = FALSE, quote = FALSE)
