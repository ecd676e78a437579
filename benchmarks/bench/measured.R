# Sourced by the others: cost of a call as JSON, as part.py has it.
peak <- function() {
  status <- readLines("/proc/self/status")
  as.numeric(gsub("[^0-9]", "", status[startsWith(status, "VmHWM")])) / 1024
}
measured <- function(run) {
  invisible(gc())
  cat("5", file = "/proc/self/clear_refs")
  before <- peak()
  began <- proc.time()
  values <- run()
  took <- proc.time() - began
  cat(sprintf(
    '{"seconds": %.4f, "cpu": %.4f, "beyond": %.3f, "values": [%s], "scale": null}\n', took[["elapsed"]],
    took[["user.self"]] + took[["sys.self"]], peak() - before, paste(sprintf("%.15g", values), collapse = ", ")
  ))
}
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
path <- function(name) file.path(folder, name)
