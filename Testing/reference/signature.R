# Reference numbers of a signature's interval, by R's survival (Debian r-cran-survival).
# Rscript Testing/reference/signature.R > Testing/reference/signature.json
# 60 patients made here, with ties, as in survival.R; three new patients.
suppressMessages(library(survival))
n <- 0:59
small <- data.frame(time = (n * 37) %% 23 + 1, event = as.integer((n * 7) %% 5 < 3), a = (n * 13) %% 17 / 17, b = ((n * 29) %% 11) / 11)
new <- data.frame(a = c(0.1, 0.5, 0.95), b = c(0.9, 0.5, 0.2))
numbers <- function(x) paste0("[", paste(formatC(x, digits = 15, format = "g"), collapse = ", "), "]")
fit <- coxph(Surv(time, event) ~ a + b, data = small, ties = "efron", control = coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 50))
lines <- c()
for (at in c(3, 9, 15)) {
  found <- summary(survfit(fit, newdata = new, conf.type = "log-log"), times = at)
  lines <- c(lines, paste0('  "', at, '": {"survival": ', numbers(found$surv), ', "low": ', numbers(found$lower), ', "high": ', numbers(found$upper), "}"))
}
cat(paste0('{"made_by": "R ', getRversion(), ", survival ", packageVersion("survival"), '",\n', paste(lines, collapse = ",\n"), "}\n"))
