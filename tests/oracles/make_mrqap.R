# Makes the matrices and the values of MRQAP: Rscript tests/oracles/make_mrqap.R
# Needs R 4 with sna (Debian: r-cran-sna). What the values are is in README.md beside this file.
suppressPackageStartupMessages(library(sna))
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
set.seed(20130601, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")
N <- 16; PERIODS <- 3; TERMS <- c("a", "b", "c")
REPS <- c(linear = 4000, logit = 2000)

# ---- data: every matrix depends on its nodes, b is correlated with a -------------------------------------
node_made <- function(directed) {
  m <- outer(rnorm(N), rnorm(N), "+") + matrix(rnorm(N * N), N)
  if (directed) m else (m + t(m)) / sqrt(2)
}
world <- function(directed) {
  x <- list(a = node_made(directed))
  x$b <- 0.7 * x$a + node_made(directed)
  x$c <- node_made(directed)
  noise <- node_made(directed)
  list(x = x, strength = 0.25 * x$a + 0.1 * x$c + noise, tie = (0.5 * x$a + noise > 0.8) + 0)
}
worlds <- list(undirected = world(FALSE), directed = world(TRUE))
# Three periods: a does not change, b and c drift, and nodes 15 and 16 are not there in the first.
periods <- lapply(1:PERIODS, function(t) {
  w <- worlds$undirected
  drift <- function(m) m + 0.4 * node_made(FALSE)
  x <- list(a = w$x$a, b = drift(w$x$b), c = drift(w$x$c))
  noise <- node_made(FALSE)
  one <- list(x = x, strength = 0.25 * x$a + noise, tie = (0.5 * x$a + noise > 0.8) + 0)
  if (t == 1) {
    gone <- 15:16
    for (name in c("strength", "tie")) { one[[name]][gone, ] <- NA; one[[name]][, gone] <- NA }
    for (name in TERMS) { one$x[[name]][gone, ] <- NA; one$x[[name]][, gone] <- NA }
  }
  one
})
unknown_y <- worlds$undirected
for (name in c("strength", "tie")) unknown_y[[name]][cbind(c(2, 5, 9, 9), c(5, 2, 12, 3))] <- NA
for (name in c("strength", "tie")) unknown_y[[name]][cbind(c(12, 3), c(9, 9))] <- NA
unknown_x <- unknown_y
unknown_x$x$b[cbind(c(1, 4, 7, 8), c(4, 1, 8, 7))] <- NA
cases <- list(
  undirected = list(worlds$undirected), directed = list(worlds$directed),
  unknown_y = list(unknown_y), unknown_x = list(unknown_x), periods = periods
)

# ---- sna: p-values by its own permutations; it has one period, and no missing values of x ------------------
kept <- list()
keep <- function(case, family, quantity, term, draw, value) {
  kept[[length(kept) + 1]] <<- data.frame(case, family, quantity, term, draw, value = sprintf("%.15g", value))
}
OUTCOME <- c(linear = "strength", logit = "tie")
for (case in c("undirected", "directed", "unknown_y")) for (family in names(OUTCOME)) {
  w <- cases[[case]][[1]]
  run <- if (family == "linear") netlm else netlogit
  found <- suppressWarnings(run(
    w[[OUTCOME[[family]]]], w$x, mode = if (case == "directed") "digraph" else "graph",
    nullhyp = "qapspp", reps = REPS[[family]]
  ))
  for (k in seq_along(TERMS)) {
    keep(case, family, "sna_estimate", TERMS[k], 0, found$coefficients[[k + 1]])
    keep(case, family, "sna_statistic", TERMS[k], 0, found$tstat[[k + 1]])
    keep(case, family, "sna_p", TERMS[k], REPS[[family]], found$pgreqabs[[k + 1]])
    keep(case, family, "sna_p_lower", TERMS[k], REPS[[family]], found$pleeq[[k + 1]])
    keep(case, family, "sna_p_upper", TERMS[k], REPS[[family]], found$pgreq[[k + 1]])
  }
}
w <- cases$undirected[[1]]
keep("undirected", "correlation", "sna_estimate", "a", 0, gcor(w$strength, w$x$a, mode = "graph"))
tested <- qaptest(list(w$strength, w$x$a), gcor, g1 = 1, g2 = 2, reps = 4000, mode = "graph")
keep("undirected", "correlation", "sna_p_upper", "a", 4000, tested$pgreq)
keep("undirected", "correlation", "sna_p_lower", "a", 4000, tested$pleeq)

# ---- lm and glm: the statistic of given permutations, written out ------------------------------------------
rows_of <- function(one, case) {
  dyads <- if (case == "directed") which(diag(N) == 0, arr.ind = TRUE) else which(lower.tri(diag(N)), arr.ind = TRUE)
  list(dyads = dyads, at = function(m) m[dyads], back = function(values) {
    m <- matrix(NA, N, N)
    m[dyads] <- values
    if (case != "directed") m[dyads[, 2:1]] <- values
    m
  })
}
statistic <- function(family, frame, term) {
  tight <- glm.control(epsilon = 1e-14, maxit = 100)
  fit <- if (family == "linear") lm(y ~ ., frame) else glm(y ~ ., binomial, frame, control = tight)
  # glm takes its errors from the weights of the step before the last: begun again at the top, they are of the top.
  if (family == "logit") fit <- glm(y ~ ., binomial, frame, control = tight, start = coef(fit))
  summary(fit)$coefficients[term, 3]
}
permuted <- function(case, family, term, order) {
  stacked <- lapply(cases[[case]], function(one) {
    rows <- rows_of(one, case)
    data.frame(y = rows$at(one[[OUTCOME[[family]]]]), lapply(one$x, rows$at))
  })
  frame <- do.call(rbind, stacked)
  others <- setdiff(TERMS, term)
  # The residual over all dyads known in every x: na.exclude puts NA where one is not.
  left <- residuals(lm(reformulate(others, term), frame, na.action = na.exclude))
  sizes <- vapply(stacked, nrow, 1L)
  moved <- mapply(function(one, values) {
    rows <- rows_of(one, case)
    rows$at(rows$back(values)[order, order])
  }, cases[[case]], split(left, rep(seq_along(sizes), sizes)), SIMPLIFY = FALSE)
  complete <- stats::complete.cases(frame)
  frame[[term]] <- unlist(moved)
  statistic(family, frame[complete, ], term)
}
orders <- c(list(1:N), lapply(1:4, function(draw) sample(N)))
for (case in names(cases)) for (family in names(OUTCOME)) for (term in TERMS) for (draw in seq_along(orders)) {
  keep(case, family, "permuted", term, draw - 1, permuted(case, family, term, orders[[draw]]))
}

# ---- files -----------------------------------------------------------------------------------------------
long <- list()
for (case in names(cases)) for (t in seq_along(cases[[case]])) {
  one <- cases[[case]][[t]]
  cells <- which(diag(N) == 0, arr.ind = TRUE)
  text <- function(m) ifelse(is.na(m[cells]), "", sprintf("%.15g", m[cells]))
  columns <- lapply(c(one["strength"], one["tie"], one$x), text)
  long[[length(long) + 1]] <- data.frame(case, period = t, i = cells[, 1] - 1, j = cells[, 2] - 1, columns)
}
long <- do.call(rbind, long)
# Without direction one half says all.
long <- long[long$case == "directed" | long$i < long$j, ]
write.csv(long, file.path(here, "mrqap_matrices.csv"), row.names = FALSE, quote = FALSE)
draws <- do.call(rbind, lapply(seq_along(orders), function(draw) {
  data.frame(case = "order", family = "", quantity = "order", term = 0:(N - 1), draw = draw - 1, value = orders[[draw]] - 1)
}))
write.csv(rbind(do.call(rbind, kept), draws), file.path(here, "mrqap_values.csv"), row.names = FALSE, quote = FALSE)
writeLines(sprintf("%s %s", c("R", "sna"), c(paste(R.version$major, R.version$minor, sep = "."), as.character(packageVersion("sna")))), file.path(here, "mrqap_versions.txt"))
