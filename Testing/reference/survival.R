# Reference numbers of survival analysis, by R's survival, pROC and cmprsk (Debian r-cran-survival, -proc, -cmprsk).
# python Testing/reference/lung1_table.py ../shared/data > lung1.csv
# Rscript Testing/reference/survival.R ../shared/data lung1.csv > Testing/reference/survival.json
# Three tables of patients: head and neck (290), glioma (clinical), Lung1 (volume, age, stage); and 60 made here with ties,
# for machines without the data.
suppressMessages({library(survival); library(pROC); library(cmprsk)})
data <- commandArgs(trailingOnly = TRUE)[1]
lung1 <- commandArgs(trailingOnly = TRUE)[2]
json <- function(x) {
  if (is.list(x)) return(paste0("{", paste0('"', names(x), '": ', sapply(x, json), collapse = ", "), "}"))
  text <- if (is.character(x)) paste0('"', x, '"') else ifelse(is.finite(x), formatC(x, digits = 15, format = "g"), "null")
  if (length(x) == 1) text else paste0("[", paste(text, collapse = ", "), "]")
}
study <- function(time, event, x, at, group) {
  frame <- data.frame(time, event, x)
  fit <- coxph(Surv(time, event) ~ ., data = frame, ties = "efron", control = coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 50))
  agree <- concordance(fit)
  curve <- summary(survfit(Surv(time, event) ~ 1, conf.type = "log-log"), times = at)
  test <- survdiff(Surv(time, event) ~ group)
  base <- basehaz(fit, centered = FALSE)
  of_group <- function(g) {
    one <- summary(survfit(Surv(time[group == g], event[group == g]) ~ 1, conf.type = "log-log"), times = at, extend = TRUE)
    list(n = sum(group == g), survival = one$surv, low = one$lower, high = one$upper, at_risk = one$n.risk)
  }
  list(n = length(time), events = sum(event), coefficients = unname(coef(fit)), errors = unname(sqrt(diag(vcov(fit)))),
       log_likelihood = fit$loglik, harrell_c = unname(agree$concordance), harrell_error = unname(sqrt(agree$var)),
       times = at, survival = curve$surv, low = curve$lower, high = curve$upper, log_rank = test$chisq,
       log_rank_p = pchisq(test$chisq, 1, lower.tail = FALSE), hazard_end = base$hazard[nrow(base)],
       below = of_group(FALSE), above = of_group(TRUE))
}
areas <- function(label, first, second) {
  one <- roc(label, first, quiet = TRUE, direction = "<"); two <- roc(label, second, quiet = TRUE, direction = "<")
  test <- roc.test(one, two, method = "delong", paired = TRUE)
  list(auc = as.numeric(ci.auc(one, method = "delong")), p = test$p.value, z = unname(test$statistic))
}
hn <- read.csv(file.path(data, "head_neck", "clinical_outcomes.csv"))
hn <- hn[complete.cases(hn[, c("age", "T", "N", "TNM")]), ]
gl <- read.csv(file.path(data, "glioma", "clinical.csv"), check.names = FALSE)
gl <- data.frame(time = gl[["daystolastordeath"]], event = gl[["death01"]], idh = gl[["IDH1"]], age = gl[["age_at_initial_pathologic"]], kps = gl[["karnofsky_performance_sco"]], codel = gl[["1p_19q_co_del_status"]])
gl <- gl[complete.cases(gl) & gl$time > 0, ]
n <- 0:59
small <- data.frame(time = (n * 37) %% 23 + 1, event = as.integer((n * 7) %% 5 < 3), a = (n * 13) %% 17 / 17, b = ((n * 29) %% 11) / 11)
code <- ifelse(hn$locoregional == 1, 1, ifelse(hn$death == 1, 2, 0))
stop_ <- ifelse(hn$locoregional == 1, hn$locoregional_days, hn$death_days)
gray <- crr(stop_, code, as.matrix(hn[, c("age", "T", "N")]), gtol = 1e-12, maxiter = 50)
inc <- timepoints(cuminc(stop_, code), c(365, 730, 1825))
score <- hn$age + 5 * hn$T
other <- hn$N + 0.01 * hn$age
lung <- read.csv(lung1)
cat(json(list(
  made_by = paste0("R ", getRversion(), ", survival ", packageVersion("survival"), ", pROC ", packageVersion("pROC"), ", cmprsk ", packageVersion("cmprsk")),
  head_neck = study(hn$death_days, hn$death, hn[, c("age", "T", "N", "TNM")], c(365, 730, 1825), hn$age > median(hn$age)),
  glioma = study(gl$time, gl$event, gl[, c("idh", "age", "kps", "codel")], c(365, 730, 1825), gl$age > median(gl$age)),
  lung1 = study(lung$time, lung$event, lung[, c("volume", "age", "stage")], c(365, 730, 1825), lung$volume > median(lung$volume)),
  small = study(small$time, small$event, small[, c("a", "b")], c(3, 9, 15), small$a > median(small$a)),
  fine_gray = list(coefficients = unname(gray$coef), errors = sqrt(diag(gray$var)), times = c(365, 730, 1825),
                   incidence_1 = unname(inc$est[1, ]), incidence_2 = unname(inc$est[2, ]),
                   error_1 = unname(sqrt(inc$var[1, ])), error_2 = unname(sqrt(inc$var[2, ]))),
  delong = areas(hn$death, score, other),
  delong_glioma = areas(gl$event, gl$age, -gl$kps),
  delong_lung1 = areas(lung$event, lung$volume, lung$age))), "\n", sep = "")
