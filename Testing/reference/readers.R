# Reference numbers of three readers and a model on the same cases, by R's pROC (Debian r-cran-proc).
# Rscript Testing/reference/readers.R > Testing/reference/readers.json
# The table is made here by whole numbers, as Testing/unit/metrics/test_multireader.py makes it.
suppressMessages(library(pROC))
n <- 0:59
label <- as.integer((n * 7) %% 5 < 2)
scores <- lapply(1:4, function(k) floor(((n * c(37, 41, 43, 29)[k]) %% c(53, 59, 61, 67)[k]) / 9) + label * c(3, 2, 1, 2)[k])
curves <- lapply(scores, function(values) roc(label, values, quiet = TRUE, direction = "<"))
numbers <- function(x) paste(formatC(x, digits = 15, format = "g"), collapse = ", ")
covariance <- sapply(1:4, function(i) sapply(1:4, function(j) if (i == j) var(curves[[i]]) else cov(curves[[i]], curves[[j]])))
tests <- sapply(2:4, function(j) { one <- roc.test(curves[[1]], curves[[j]], method = "delong", paired = TRUE); c(one$statistic, one$p.value) })
cat(sprintf('{"made_by": "R %s, pROC %s", "areas": [%s], "covariances": [%s], "z": [%s], "p": [%s]}\n',
            getRversion(), packageVersion("pROC"), numbers(sapply(curves, function(one) as.numeric(one$auc))),
            numbers(covariance), numbers(tests[1, ]), numbers(tests[2, ])))
