# Mergers recounted from the raw registry, and a Firth logit of them: Rscript tests/oracles/mergers.R
# A row is a pair of pôles, both active on 1 January of a year from 2006 to 2024; they merged if one of the two, or
# both, went into the same body before the next 1 January. Needs R 4 with brglm2. Writes mergers.csv beside this file.
suppressPackageStartupMessages(library(brglm2))
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
registry <- file.path(here, "..", "..", "data", "raw", "registry")
read <- function(name) {
  read.csv(file.path(registry, name), colClasses = "character", encoding = "UTF-8", na.strings = "")
}
clusters <- read("clusters.csv")
territories <- read("territories.csv")
# The first and the last day that a date printed as a year, a month or a day can mean.
first_day <- function(text) as.Date(ifelse(is.na(text), NA, substr(paste0(text, "-01-01"), 1, 10)))
last_day <- function(text) {
  begin <- first_day(text)
  step <- c("4" = "1 year", "7" = "1 month", "10" = "1 day")[as.character(nchar(text))]
  known <- which(!is.na(begin))
  for (k in known) begin[k] <- seq(begin[k], by = step[k], length.out = 2)[2] - 1
  begin
}
poles <- clusters[clusters$kind == "pole", ]
poles$begin <- first_day(poles$label_date)
poles$lost <- last_day(poles$label_lost_date)
poles$merged <- last_day(poles$merger_date)
poles$end <- pmin(poles$lost, poles$merged, na.rm = TRUE)
covered <- function(name, day) {
  own <- territories[territories$canonical_name == name, ]
  own$region[is.na(own$valid_from) | last_day(own$valid_from) < day]
}
rows <- list()
for (year in 2006:2024) {
  day <- as.Date(sprintf("%d-01-01", year)); next_day <- as.Date(sprintf("%d-01-01", year + 1))
  goes <- !is.na(poles$merged_into) & !is.na(poles$merged) & poles$merged < next_day
  active <- poles$begin <= day & (is.na(poles$end) | poles$end >= day)
  born <- poles$canonical_name %in% poles$merged_into[active & goes] & poles$begin == day
  here_now <- which(active & !born)
  heir <- function(k, also) {
    while (goes[k] || also[k]) {
      to <- match(poles$merged_into[k], poles$canonical_name)
      if (is.na(to)) return(poles$merged_into[k])
      k <- to
    }
    poles$canonical_name[k]
  }
  undated <- !is.na(poles$merged_into) & is.na(poles$end)
  none <- rep(FALSE, nrow(poles))
  now <- vapply(here_now, heir, "", also = none)
  perhaps <- vapply(here_now, heir, "", also = undated)
  regions <- lapply(poles$canonical_name[here_now], covered, day = day)
  pair <- combn(length(here_now), 2)
  a <- pair[1, ]; b <- pair[2, ]
  sector <- poles$sector_dgcis_judged[here_now]
  merger <- now[a] == now[b]
  rows[[length(rows) + 1]] <- data.frame(
    merger = ifelse(!merger & perhaps[a] == perhaps[b], NA, merger),
    same_sector = as.integer(sector[a] == sector[b]),
    same_region = as.integer(mapply(function(x, y) length(intersect(x, y)) > 0, regions[a], regions[b]))
  )
}
rows <- do.call(rbind, rows)
cat(sum(is.na(rows$merger)), "rows without a date\n")
rows <- rows[!is.na(rows$merger), ]
cells <- aggregate(cbind(rows = 1, mergers = as.integer(merger)) ~ same_sector + same_region, rows, sum)
fit <- glm(
  cbind(mergers, rows - mergers) ~ same_sector + same_region, binomial("logit"), cells,
  method = "brglmFit", type = "AS_mean", epsilon = 1e-13, maxit = 1000
)
out <- rbind(
  data.frame(quantity = "cell", name = paste0(cells$same_sector, cells$same_region), value = cells$rows),
  data.frame(quantity = "mergers", name = paste0(cells$same_sector, cells$same_region), value = cells$mergers),
  data.frame(quantity = "estimate", name = c("Intercept", "same_sector", "same_region"), value = unname(coef(fit))),
  data.frame(quantity = "std_error", name = c("Intercept", "same_sector", "same_region"), value = unname(sqrt(diag(vcov(fit)))))
)
out$value <- sprintf("%.15g", out$value)
write.csv(out, file.path(here, "mergers.csv"), row.names = FALSE, quote = FALSE)
