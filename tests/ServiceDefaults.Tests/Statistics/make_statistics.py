"""Writes statistics.json: two-sample tests of seeded samples with the answers of scipy (1.10; python3-scipy of Debian).

    python3 make_statistics.py > statistics.json

Samples are drawn again by the test from the same rule, so that the file stays small: see values().
"""
import json
import warnings

import numpy
from scipy import stats


def values(seed, size, kind, shift):
    """A linear congruential generator in 32 bits; the test has the same one."""
    state, out = seed, []
    for _ in range(size):
        state = (1664525 * state + 1013904223) % 2**32
        u = state / 2**32
        if kind == "uniform":
            out.append(u + shift)
        elif kind == "square":
            out.append(u * u + shift)
        elif kind == "few":  # ties: six values
            out.append(float(int(u * 6)) + shift)
        elif kind == "many":  # ties: lengths
            out.append(float(int(u * u * 80)) + shift)
    return numpy.array(out, dtype=numpy.float32)


def ks():
    sizes = [(1, 1), (1, 5), (2, 3), (5, 1), (7, 7), (10, 10), (12, 30), (50, 50), (64, 48), (100, 100), (100, 1000), (333, 500), (500, 1000), (1000, 500), (999, 1000), (1000, 1000), (2500, 500), (5000, 1), (5000, 5000), (4999, 5000)]
    kinds = [("uniform", "uniform", 0.0), ("uniform", "uniform", 0.1), ("uniform", "square", 0.0), ("few", "few", 0.0), ("few", "few", 1.0), ("many", "many", 0.0), ("many", "many", 3.0), ("uniform", "uniform", 5.0)]
    seed = 1
    for m, n in sizes:
        for first, second, shift in kinds:
            if m * n > 10**7 and shift == 3.0:
                continue
            a, b = values(seed, m, first, 0.0), values(seed + 1, n, second, shift)
            seed += 2
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                answer = stats.ks_2samp(a, b, alternative="two-sided", method="auto")
            # It gave up on the exact value: in one case it had rounded a probability of 1 to more.
            if caught:
                continue
            yield dict(m=m, n=n, seed=seed - 2, first=first, second=second, shift=shift, statistic=float(answer.statistic), p=float(answer.pvalue))
    for m, n, shift in [(20000, 15000, 0.0), (12000, 3000, 0.02), (40000, 40000, 0.005)]:
        a, b = values(seed, m, "uniform", 0.0), values(seed + 1, n, "uniform", shift)
        answer = stats.ks_2samp(a, b, alternative="two-sided", method="auto")
        yield dict(m=m, n=n, seed=seed, first="uniform", second="uniform", shift=shift, statistic=float(answer.statistic), p=float(answer.pvalue))
        seed += 2


def chi_square():
    generator = numpy.random.default_rng(20300131)
    for classes in [2, 3, 5, 10, 50, 400]:
        for spread in [0.0, 0.3, 2.0]:
            weights = generator.random(classes) + 0.1
            others = weights * (1 + spread * generator.random(classes))
            first = generator.multinomial(1000, weights / weights.sum())
            second = generator.multinomial(500, others / others.sum())
            kept = (first + second) > 0
            statistic, p, _, _ = stats.chi2_contingency(numpy.array([first[kept], second[kept]]), correction=False)
            yield dict(first=first.tolist(), second=second.tolist(), statistic=float(statistic), p=float(p))
    for first, second in [([1000, 0], [0, 500]), ([3, 1], [1, 3]), ([0, 7, 9], [0, 9, 7]), ([500, 500], [250, 250])]:
        table = numpy.array([first, second])
        statistic, p, _, _ = stats.chi2_contingency(table[:, table.sum(axis=0) > 0], correction=False)
        yield dict(first=first, second=second, statistic=float(statistic), p=float(p))


def gamma():
    for a in [0.5, 1.0, 2.5, 10.0, 49.5, 199.5, 5000.0]:
        for factor in [0.01, 0.5, 0.9, 1.0, 1.1, 2.0, 5.0]:
            x = a * factor
            yield dict(a=a, x=x, q=float(stats.gamma.sf(x, a)))


def main():
    lines = lambda cases: "[\n  " + ",\n  ".join(json.dumps(c) for c in cases) + "\n ]"
    print('{\n "kolmogorov_smirnov": ' + lines(ks()) + ',\n "chi_square": ' + lines(chi_square()) + ',\n "gamma": ' + lines(gamma()) + "\n}")


main()
