# The range estimators of TTR, a percentile of TTR and GARCH fits of fGarch, on the
# daily bars beside this file:
#
#     Rscript oracle.R > oracle_r.json
#
# Nothing here is computed by hand: what is written is what the packages say.
suppressPackageStartupMessages({library(TTR); library(fGarch)})
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))

number <- function(x) sprintf("%.17g", unname(x))
list_of <- function(x) paste0("[", paste(number(x), collapse = ", "), "]")
object <- function(fields) {
  paste0("{", paste(sprintf("\"%s\": %s", names(fields), unlist(fields)), collapse = ",\n "), "}")
}
bars <- function(token) as.matrix(read.csv(gzfile(file.path(here, paste0("days_", token, ".csv.gz"))))[, 2:5])

# The volatility of the last n bars. TTR drags running sums along, so it is given
# those bars only, and before them the one whose close is the first gap's.
ranges <- function(ohlc, n) {
  last <- tail(ohlc, n)
  gap <- tail(ohlc, n + 1)
  of <- function(data, ...) tail(TTR::volatility(data, N = 365, ...), 1)
  object(list(
    close_demeaned = number(of(gap, n = n + 1, calc = "close")),
    close_mean0 = number(of(gap, n = n + 1, calc = "close", mean0 = TRUE)),
    parkinson = number(of(last, n = n, calc = "parkinson")),
    garman_klass = number(of(last, n = n, calc = "garman.klass")),
    rogers_satchell = number(of(last, n = n, calc = "rogers.satchell")),
    gk_yz = number(of(gap, n = n, calc = "gk.yz")),
    yang_zhang = number(of(gap, n = n, calc = "yang.zhang"))))
}

# TTR's running percentile counts the value itself, by half.
percentile <- function(ohlc, n) number(tail(runPercentRank(tail(ohlc[, 4], n), n), 1))

garch <- function(ohlc) {
  r <- diff(log(ohlc[, 4]))
  fit <- suppressWarnings(garchFit(~ garch(1, 1), data = r, include.mean = FALSE, cond.dist = "norm", trace = FALSE))
  object(list(
    omega = number(coef(fit)["omega"]), alpha = number(coef(fit)["alpha1"]), beta = number(coef(fit)["beta1"]),
    likelihood = number(-fit@fit$llh),
    variances = list_of(fit@h.t[seq(1, length(r), by = 25)])))
}

of_token <- function(token) {
  ohlc <- bars(token)
  object(list(
    ranges_30 = ranges(ohlc, 30),
    ranges_365 = ranges(ohlc, 365),
    percentile_366 = percentile(ohlc, 366),
    garch = garch(ohlc)))
}

cat(object(sapply(c("BTC", "TAO"), of_token)), "\n", sep = "")
