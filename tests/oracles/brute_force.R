# Covariances for dyads by brute force: double sums over rows, deletions one after the other. Slow on
# purpose, and written from the definitions alone, so that fast code can be held against it.

# Rows x projects: one over the number of projects of the row where it belongs to the project.
project_shares <- function(projects) {
  listed <- strsplit(projects, ";", fixed = TRUE)
  ids <- sort(unique(unlist(listed)))
  shares <- matrix(0, length(projects), length(ids), dimnames = list(NULL, ids))
  for (r in seq_along(listed)) shares[r, listed[[r]]] <- 1 / length(listed[[r]])
  shares
}

share_node <- function(i, j) outer(i, i, "==") | outer(i, j, "==") | outer(j, i, "==") | outer(j, j, "==")

pair_id <- function(i, j) paste(pmin(i, j), pmax(i, j))

# Weight of every pair of rows in the double sum: 1 where they share a node; else, over the projects they
# share, the product of the rows' shares in it.
dyadic_weights <- function(i, j, projects = NULL) {
  near <- share_node(i, j)
  if (is.null(projects)) return(near * 1)
  ifelse(near, 1, tcrossprod(project_shares(projects)))
}

sandwich_of <- function(scores, information, weights) {
  bread <- solve(information)
  bread %*% t(scores) %*% weights %*% scores %*% bread
}

# Negative eigenvalues of the covariance itself (not of the meat) set to zero.
clip <- function(V) {
  parts <- eigen((V + t(V)) / 2, symmetric = TRUE)
  parts$vectors %*% (pmax(parts$values, 0) * t(parts$vectors))
}

# One Newton step from the estimate when rows are left out by the fractions given (one column a deletion).
one_step <- function(scores, row_information, fractions) {
  information <- apply(row_information, c(2, 3), sum)
  t(apply(fractions, 2, function(f) {
    left <- information - apply(row_information * f, c(2, 3), sum)
    -solve(left, colSums(scores * f))
  }))
}

# Changes of the estimate when rows are left out and the model is fitted again.
refits <- function(refit, estimate, fractions) t(apply(fractions, 2, function(f) refit(f == 0) - estimate))

node_fractions <- function(i, j) sapply(sort(unique(c(i, j))), function(n) (i == n | j == n) * 1)

pair_fractions <- function(i, j) {
  pair <- pair_id(i, j)
  sapply(sort(unique(pair)), function(p) (pair == p) * 1)
}

# Sum over projects of d d' for the whole project, minus those of its nodes, plus those of its pairs.
project_term <- function(scores, row_information, i, j, projects) {
  shares <- project_shares(projects)
  step <- function(fractions) crossprod(one_step(scores, row_information, fractions))
  total <- 0
  for (q in colnames(shares)) {
    f <- shares[, q]
    inside <- f > 0
    nodes <- sapply(unique(c(i[inside], j[inside])), function(n) f * (i == n | j == n))
    pairs <- sapply(unique(pair_id(i, j)[inside]), function(p) f * (pair_id(i, j) == p))
    total <- total + step(cbind(f)) - step(nodes) + step(pairs)
  }
  total
}

jackknife_one_step <- function(scores, row_information, i, j, projects = NULL) {
  step <- function(fractions) crossprod(one_step(scores, row_information, fractions))
  V <- step(node_fractions(i, j)) - step(pair_fractions(i, j))
  if (is.null(projects)) V else V + project_term(scores, row_information, i, j, projects)
}

jackknife_exact <- function(refit, estimate, i, j) {
  change <- function(fractions) crossprod(refits(refit, estimate, fractions))
  change(node_fractions(i, j)) - change(pair_fractions(i, j))
}
