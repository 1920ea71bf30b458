# Reference numbers of classification, by R's pROC (Debian r-cran-proc) and glm.
# Rscript Testing/reference/classification.R > Testing/reference/classification.json
# The table is made here by whole numbers, as Testing/unit/outcome/test_classification.py makes it.
suppressMessages(library(pROC))
n <- 0:79
label <- as.integer((n * 7) %% 5 < 2)
chance <- (((n * 37) %% 71) / 71 + label * 0.25) / 1.25
curve <- roc(label, chance, quiet = TRUE, direction = "<")
best <- coords(curve, "best", best.method = "youden", ret = c("threshold", "sensitivity", "specificity"))
best <- best[which.min(best$threshold), ]
logit <- qlogis(pmin(pmax(chance, 1e-6), 1 - 1e-6))
both <- coef(glm(label ~ logit, family = binomial)); large <- coef(glm(label ~ offset(logit), family = binomial))
number <- function(x) paste(formatC(x, digits = 15, format = "g"), collapse = ", ")
cat(sprintf('{"made_by": "R %s, pROC %s", "auc": [%s], "threshold": %s, "sensitivity": %s, "specificity": %s, "slope": %s, "intercept": %s, "at_large": %s}\n',
            getRversion(), packageVersion("pROC"), number(as.numeric(ci.auc(curve, method = "delong"))), number(best$threshold),
            number(best$sensitivity), number(best$specificity), number(both[2]), number(both[1]), number(large)))
