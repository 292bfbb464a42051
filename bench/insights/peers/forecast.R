# One method of R's package forecast on the series of the standard input, one a line: "h;season,season;value,value,…". Prints a line each:
# "CPU ms;mean;low 80;high 80;low 95;high 95", numbers with commas between. The first line is the package's version.
suppressPackageStartupMessages(library(forecast))
method <- commandArgs(trailingOnly = TRUE)[1]
numbers <- function(text) as.numeric(strsplit(text, ",", fixed = TRUE)[[1]])
made <- function(y, seasons, h) {
  one <- ts(y, frequency = seasons[1])
  all <- if (length(seasons) > 1) msts(y, seasons) else one
  switch(method,
    ets = forecast(ets(one), h = h, level = c(80, 95)),
    thetaf = thetaf(one, h = h, level = c(80, 95)),
    stlm = forecast(stlm(all, method = "ets"), h = h, level = c(80, 95))
  )
}
joined <- function(values) paste(format(as.numeric(values), digits = 12, trim = TRUE), collapse = ",")
cat(as.character(packageVersion("forecast")), "\n", sep = "")
for (line in readLines(file("stdin"))) {
  parts <- strsplit(line, ";", fixed = TRUE)[[1]]
  y <- numbers(parts[3])
  before <- proc.time()
  fc <- made(y, numbers(parts[2]), as.integer(parts[1]))
  spent <- proc.time() - before
  cells <- list(fc$mean, fc$lower[, 1], fc$upper[, 1], fc$lower[, 2], fc$upper[, 2])
  cat(sprintf("%.2f;", 1000 * (spent[["user.self"]] + spent[["sys.self"]])), paste(sapply(cells, joined), collapse = ";"), "\n", sep = "")
}
