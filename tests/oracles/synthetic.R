# Synthetic data of the oracles: every number is drawn here, from the seed, and rounded before it is used,
# so that the CSV files hold exactly what the models saw.

node_names <- function(n) sprintf("c%02d", seq_len(n))

all_pairs <- function(nodes) {
  pairs <- t(combn(nodes, 2))
  data.frame(cluster_i = pairs[, 1], cluster_j = pairs[, 2])
}

# Rows of pairs x periods with pair covariates; about one row in eight is missing, and some pairs are
# written the other way round.
draw_rows <- function(n_nodes, n_periods) {
  nodes <- node_names(n_nodes)
  place <- matrix(runif(2 * n_nodes, 0, 600), ncol = 2, dimnames = list(nodes, NULL))
  region <- setNames(sample(letters[1:4], n_nodes, replace = TRUE), nodes)
  pairs <- all_pairs(nodes)
  gap <- place[pairs$cluster_i, ] - place[pairs$cluster_j, ]
  pairs$same_region <- as.integer(region[pairs$cluster_i] == region[pairs$cluster_j])
  pairs$log_distance_km <- round(log(pmax(sqrt(rowSums(gap^2)), 10)), 3)
  rows <- merge(pairs, data.frame(period = seq_len(n_periods)), by = NULL)
  rows$similarity <- round(rbeta(nrow(rows), 2, 3), 3)
  rows$log_visibility <- round(log(runif(nrow(rows), 0.2, 1)), 3)
  rows$weight <- round(runif(nrow(rows), 0.5, 2.5), 2)
  rows <- rows[runif(nrow(rows)) > 0.12, ]
  swapped <- runif(nrow(rows)) < 0.1
  rows[swapped, c("cluster_i", "cluster_j")] <- rows[swapped, c("cluster_j", "cluster_i")]
  rows[order(rows$period, rows$cluster_i, rows$cluster_j), ]
}

# Projects of two to four nodes in every period; a first member draws the others by similarity of place.
draw_projects <- function(rows, per_period) {
  nodes <- sort(unique(c(rows$cluster_i, rows$cluster_j)))
  activity <- setNames(exp(rnorm(length(nodes), 0, 0.6)), nodes)
  projects <- list()
  for (period in sort(unique(rows$period))) for (number in seq_len(per_period)) {
    first <- sample(nodes, 1, prob = activity)
    here <- rows[rows$period == period & (rows$cluster_i == first | rows$cluster_j == first), ]
    other <- ifelse(here$cluster_i == first, here$cluster_j, here$cluster_i)
    appeal <- activity[other] * exp(1.2 * here$same_region - 0.4 * here$log_distance_km + 1.5 * here$similarity)
    size <- sample(2:4, 1, prob = c(0.6, 0.25, 0.15))
    members <- c(first, sample(other, size - 1, prob = appeal))
    projects[[sprintf("p%d%02d", period, number)]] <- list(period = period, members = members)
  }
  projects
}

# Outcomes of the rows: projects of the pair (ids joined by ";"), their number, tie, and a real outcome.
draw_panel <- function(n_nodes = 20, n_periods = 4, per_period = 22) {
  rows <- draw_rows(n_nodes, n_periods)
  projects <- draw_projects(rows, per_period)
  shared <- lapply(seq_len(nrow(rows)), function(r) {
    both <- function(p) p$period == rows$period[r] && all(c(rows$cluster_i[r], rows$cluster_j[r]) %in% p$members)
    names(projects)[vapply(projects, both, logical(1))]
  })
  rows$projects <- vapply(shared, paste, "", collapse = ";")
  rows$n_projects <- lengths(shared)
  rows$tie <- as.integer(rows$n_projects > 0)
  bump <- setNames(rnorm(n_nodes, 0, 0.5), node_names(n_nodes))
  rows$strength <- round(1 + 0.8 * rows$same_region - 0.3 * rows$log_distance_km + 0.7 * rows$similarity +
    0.5 * rows$tie + bump[rows$cluster_i] + bump[rows$cluster_j] + rnorm(nrow(rows), 0, 0.6), 3)
  stopifnot(any(rows$n_projects > 1), length(unique(rows$cluster_i)) > 15)
  rownames(rows) <- NULL
  rows
}

# A small panel in which every pair of one vocation is tied: the maximum-likelihood logit has no finite value.
draw_separated <- function(n_nodes = 12) {
  rows <- draw_rows(n_nodes, 1)
  rows$same_vocation <- as.integer(runif(nrow(rows)) < 0.12)
  p <- plogis(1 + 0.6 * rows$same_region - 0.4 * rows$log_distance_km + 0.8 * rows$similarity)
  rows$tie <- ifelse(rows$same_vocation == 1, 1L, rbinom(nrow(rows), 1, p))
  rownames(rows) <- NULL
  rows[, c("period", "cluster_i", "cluster_j", "same_vocation", "log_distance_km", "similarity", "tie")]
}

# Counts with more zeros than a negative binomial has, for the models with a second part.
draw_counts <- function(n = 600) {
  x <- round(rnorm(n), 3)
  z <- rbinom(n, 1, 0.4)
  mean <- exp(0.6 + 0.4 * x - 0.3 * z)
  count <- rnbinom(n, size = 1.6, mu = mean) * rbinom(n, 1, plogis(1 - 0.8 * x + 0.5 * z))
  # every pair of 25 clusters in two periods; projects by the order of the rows, so that nothing more is drawn
  pairs <- all_pairs(node_names(25))
  number <- seq_len(n)
  data.frame(
    count = count, x = x, z = z, class = pmin(count, 2), period = rep(1:2, each = n / 2),
    cluster_i = rep(pairs$cluster_i, 2), cluster_j = rep(pairs$cluster_j, 2),
    projects = ifelse(count == 0, "", ifelse(count == 1, paste0("q", number %% 70), paste0("q", number %% 70, ";r", number %% 41)))
  )
}

# Lists of two to four among the bodies active in a period; pair covariates change with the period.
draw_lists <- function(n_bodies = 12, n_periods = 3, n_lists = 60) {
  bodies <- data.frame(body = node_names(n_bodies), first = 1L, last = n_periods)
  bodies$first[3] <- 2L
  bodies$last[7] <- 2L
  pairs <- merge(all_pairs(bodies$body), data.frame(period = seq_len(n_periods)), by = NULL)
  sector <- setNames(sample(letters[1:3], n_bodies, replace = TRUE), bodies$body)
  pairs$same_sector <- as.integer(sector[pairs$cluster_i] == sector[pairs$cluster_j])
  pairs$log_distance_km <- round(runif(nrow(pairs), 2.3, 6.5), 3)
  pairs <- pairs[order(pairs$period, pairs$cluster_i, pairs$cluster_j), ]
  pull <- setNames(c(rnorm(n_bodies - 1, 0, 0.5), -Inf), bodies$body)  # the last body is on no list
  lists <- data.frame(list_id = sprintf("l%02d", seq_len(n_lists)))
  lists$period <- sample(seq_len(n_periods), n_lists, replace = TRUE)
  m <- sample(2:4, n_lists, replace = TRUE, prob = c(0.6, 0.25, 0.15))
  lists$members <- vapply(seq_len(n_lists), function(l) {
    here <- pairs[pairs$period == lists$period[l], ]
    sets <- combn(active_bodies(bodies, lists$period[l]), m[l])
    value <- apply(sets, 2, function(s) {
      inside <- here$cluster_i %in% s & here$cluster_j %in% s
      sum(pull[s]) + sum(1.1 * here$same_sector[inside] - 0.4 * here$log_distance_km[inside])
    })
    paste(sets[, sample(ncol(sets), 1, prob = exp(value))], collapse = ";")
  }, "")
  list(bodies = bodies, pairs = pairs, lists = lists)
}

active_bodies <- function(bodies, period) bodies$body[bodies$first <= period & period <= bodies$last]
