//! Accuracy: compared with 50-digit arithmetic up to 10^9 records, and closed forms with the sums that they replace.

use super::super::mixture::Prior;
use super::super::rate::float;
use super::super::special::{lentz, ln_beta_density, naturals};
use super::super::{binomial, mixture, special};
use super::{alpha, assert_close, count, limit, rate};

#[test]
fn evidence_is_accurate_from_one_record_to_a_billion() {
    /// Events, records, limit, and the evidence against the limit under its own prior.
    const KNOWN: &[(u64, u64, f64, f64)] = &[
        (0, 1_000_000, 0.01, 10_041.813_448_788),
        (1, 1_000_000, 0.01, 10_032.592_860_099_769),
        (9_701, 1_000_000, 0.01, -0.387_894_994_769_291_4),
        (10_000, 1_000_000, 0.01, -4.993_080_353_457_474),
        (10_198, 1_000_000, 0.01, -3.055_786_662_862_009),
        (0, 1_000_000_000, 0.01, 10_050_320.423_540_23),
        (1, 1_000_000_000, 0.01, 10_050_304.295_394_046),
        (9_990_560, 1_000_000_000, 0.01, -3.943_456_334_823_931),
        (10_000_000, 1_000_000_000, 0.01, -8.446_966_312_123_953),
        (10_006_292, 1_000_000_000, 0.01, -6.448_870_601_439_808),
        (0, 1, 0.05, 0.025_975_486_403_260_66),
        (1, 1, 0.05, -0.693_147_180_559_945_4),
        (0, 50, 0.05, 1.739_589_995_775_033_4),
        (1, 50, 0.05, 0.206_692_160_463_267_33),
        (2, 50, 0.05, -0.621_629_798_464_930_7),
        (5, 50, 0.05, -1.021_783_650_330_646_6),
        (0, 1_000, 0.05, 48.010_842_042_580_954),
        (1, 1_000, 0.05, 44.010_229_958_021_56),
        (29, 1_000, 0.05, 3.644_897_080_693_594_3),
        (50, 1_000, 0.05, -2.342_620_939_951_259_6),
        (63, 1_000, 0.05, -1.097_957_404_040_183_2),
        (0, 1_000_000, 0.05, 51_283.142_399_639_46),
        (1, 1_000_000, 0.05, 51_272.271_290_061_384),
        (49_346, 1_000_000, 0.05, -1.257_006_582_557_421_5),
        (50_000, 1_000_000, 0.05, -5.797_911_399_559_709),
        (50_435, 1_000_000, 0.05, -3.824_819_323_253_966_5),
        (0, 1_000_000_000, 0.05, 51_293_277.327_846_3),
        (1, 1_000_000_000, 0.05, 51_293_259.549_019_41),
        (49_979_323, 1_000_000_000, 0.05, -4.750_168_267_574_349),
        (50_000_000, 1_000_000_000, 0.05, -9.251_790_708_165_526),
        (50_013_784, 1_000_000_000, 0.05, -7.252_399_741_696_481),
        (0, 1, 0.2, 0.117_783_035_656_383_47),
        (1, 1, 0.2, -0.693_147_180_559_945_4),
        (0, 50, 0.2, 9.276_864_699_140_988),
        (1, 50, 0.2, 6.602_716_049_714_459),
        (10, 50, 0.2, -1.538_146_885_894_102_5),
        (15, 50, 0.2, -0.952_658_402_324_898_8),
        (0, 1_000, 0.2, 218.424_060_871_192_38),
        (1, 1_000, 0.2, 212.894_631_783_680_95),
        (162, 1_000, 0.2, 2.000_160_576_507_004),
        (200, 1_000, 0.2, -3.038_732_879_445_211),
        (225, 1_000, 0.2, -1.352_365_155_983_589_9),
        (0, 1_000_000, 0.2, 223_131.933_019_229_18),
        (1, 1_000_000, 0.2, 223_119.503_795_032_36),
        (198_800, 1_000_000, 0.2, -1.976_527_512_227_313_6),
        (200_000, 1_000_000, 0.2, -6.493_030_873_345_953),
        (200_800, 1_000_000, 0.2, -4.501_534_748_897_14),
        (0, 1_000_000_000, 0.2, 223_143_532.788_168_5),
        (1, 1_000_000_000, 0.2, 223_143_513.451_197_03),
        (199_962_052, 1_000_000_000, 0.2, -5.446_228_703_988_493),
        (200_000_000, 1_000_000_000, 0.2, -9.946_908_949_882_646),
        (200_025_298, 1_000_000_000, 0.2, -7.947_212_731_443_384_5),
    ];
    for &(events, records, g, known) in KNOWN {
        let found = mixture::log_evidence(count(events, records), Prior::below(limit(g)), rate(g));
        let error = (found - known).abs();
        // A logarithm in the millions has no more digits than that.
        let allowed = 1e-11 + 1e-15 * known.abs();
        assert!(error <= allowed, "{events} of {records} at {g}: found {found}, known {known}, error {error:e}");
    }
}

#[test]
fn binomial_tails_are_accurate_up_to_a_billion_records() {
    const KNOWN: &[(u64, u64, f64, f64)] = &[
        (0, 1_000_000_000, 1e-9, 0.367_879_440_987_502_6),
        (3, 200, 0.05, 0.009_048_376_396_101_537),
        (5, 1_000_000, 1.2e-5, 0.020_340_494_312_216_427),
        (49_980_000, 1_000_000_000, 0.05, 0.001_853_978_287_673_551_5),
        (49_990_000, 1_000_000_000, 0.05, 0.073_403_296_085_562_84),
        (49_960_000, 1_000_000_000, 0.05, 3.228_900_079_722_459e-9),
        (500_000_000, 1_000_000_000, 0.5, 0.500_012_615_662_606_9),
        (999_999_990, 1_000_000_000, 0.999_999_995, 0.031_828_055_841_534_086),
        (199_000, 1_000_000, 0.2, 0.006_208_537_985_000_185),
    ];
    for &(events, records, p, known) in KNOWN {
        let found = binomial::at_most(count(events, records), rate(p));
        assert_close(found, known, 1e-11, &format!("{events} of {records} at {p}"));
    }
}

#[test]
fn gamma_and_normal_tails_are_accurate() {
    const GAMMA: &[(f64, f64, f64)] = &[
        (500_000_000.0, 500_000_000.0, 0.499_994_052_919_612_74),
        (500_030_000.0, 500_000_000.0, 0.089_858_181_636_699_54),
        (499_970_000.0, 500_000_000.0, 0.910_145_687_007_227_2),
        (12.0, 10.0, 0.242_392_161_670_512_33),
        (8.0, 10.0, 0.716_624_258_727_010_9),
        (100_000.0, 100_000.5, 0.500_210_261_282_965_2),
        (1.35, 0.5, 0.100_348_246_462_290_74),
        (40.0, 0.5, 3.744_097_384_202_899e-19),
    ];
    const NORMAL: &[(f64, f64)] = &[
        (0.25, 0.674_489_750_196_081_7),
        (0.05, 1.644_853_626_951_472_6),
        (0.025, 1.959_963_984_540_054_3),
        (0.001, 3.090_232_306_167_813_6),
        (1e-6, 4.753_424_308_822_899),
        (1e-12, 7.034_483_825_301_132),
        (1e-100, 21.273_453_560_965_326),
    ];
    for &(x, a, known) in GAMMA {
        assert_close(special::gamma_above(x, a), known, 1e-11, &format!("gamma of shape {a} above {x}"));
    }
    for &(risk, known) in NORMAL {
        assert_close(special::normal_deviate(risk), known, 1e-14, &format!("normal deviate of {risk}"));
    }
    assert!(special::normal_deviate(0.5).abs() < f64::MIN_POSITIVE);
}

/// The definition: `ln(b / (b + n)) + sum of ln(i / (b + n - i)) - k ln p - (n - k) ln(1 - p)`.
fn product_form(k: u64, n: u64, b: f64, p: f64) -> f64 {
    let records = float(n);
    let factors: f64 = (1..=k).map(|i| (float(i) / (b + records - float(i))).ln()).sum();
    (b / (b + records)).ln() + factors - float(k) * p.ln() - float(n - k) * (-p).ln_1p()
}

#[test]
fn the_closed_form_of_the_mixture_is_the_product() {
    for n in [1, 2, 10, 81, 1000, 50_000] {
        for k in [0, 1, n / 20, n / 2, n - 1, n] {
            for g in [0.001, 0.05, 0.2, 0.45, 0.7] {
                for prior in [Prior::below(limit(g)), Prior::above(limit(g)), Prior::UNIFORM] {
                    let found = mixture::log_evidence(count(k, n), prior, rate(g));
                    let known = product_form(k, n, prior.b(), g);
                    // The product loses digits where its parts are large.
                    let size = float(n) * (1.0 - g).ln().abs() + float(k) * (g.ln().abs() + (1.0 + prior.b()).ln());
                    let error = (found - known).abs();
                    assert!(error <= 1e-13 * (size + 100.0), "{k} of {n} at {g}: {found} against {known}");
                }
            }
        }
    }
}

#[test]
fn the_evidence_is_right_at_the_edges() {
    let prior = Prior::below(limit(0.05));
    assert_close(mixture::log_evidence(count(0, 60), prior, rate(0.0)), (39.0_f64 / 99.0).ln(), 1e-13, "no event");
    let all = product_form(60, 60, 39.0, 0.5) + 60.0 * 0.5_f64.ln();
    assert_close(mixture::log_evidence(count(60, 60), prior, rate(1.0)), all, 1e-13, "events only");
    assert!(mixture::log_evidence(count(1, 60), prior, rate(0.0)).is_infinite());
    assert!(mixture::log_evidence(count(59, 60), prior, rate(1.0)).is_infinite());
    for p in [0.0, 0.3, 1.0] {
        assert!(mixture::log_evidence(count(0, 0), prior, rate(p)).abs() < f64::MIN_POSITIVE);
    }
}

/// The probability that a Beta(a, b) variable exceeds `x`, 0 < x < 1: another way to binomial sums than adding their terms.
///
/// Continued fraction of the incomplete beta function (DiDonato and Morris 1992, *Algorithm 708*).
fn beta_above(x: f64, a: f64, b: f64) -> f64 {
    let fraction = |[x, y]: [f64; 2], [a, b]: [f64; 2], density: f64| {
        // (a + b) (mean - x), from the smaller of the two.
        let gap = if a > b { (a + b) * y - b } else { a - (a + b) * x };
        let step = |n: f64| {
            let odd = a + 2.0 * n - 1.0;
            let product = n * (b - n) * x / odd;
            let numerator = product * x * ((a + n - 1.0) / odd) * (a + b + n - 1.0);
            let denominator = n + product + (a + n) / (odd + 2.0) * (1.0 + gap + n * (1.0 + y));
            (numerator, denominator)
        };
        density.exp() * x * y / lentz((1.0 + gap) * a / (a + 1.0), naturals().map(step))
    };
    let (y, density) = (1.0 - x, ln_beta_density(x, a, b));
    if x <= a / (a + b) { 1.0 - fraction([x, y], [a, b], density) } else { fraction([y, x], [b, a], density) }
}

#[test]
fn sums_and_continued_fraction_of_the_binomial_agree() {
    for n in [1, 2, 59, 1000, 200_000] {
        for k in [0, n / 20, n / 2, n - 1] {
            for p in [1e-6, 0.004, 0.05, 0.5, 0.93] {
                let sum = binomial::at_most(count(k, n), rate(p));
                let fraction = beta_above(p, float(k + 1), float(n - k));
                // The fraction is a difference where the probability is near 0.
                assert!((sum - fraction).abs() <= 1e-12, "{k} of {n} at {p}: {sum} against {fraction}");
            }
        }
    }
}

#[test]
fn bounds_of_a_billion_records_solve_their_equations() {
    // Next to 1, neighbouring floats are so far apart that only five digits of the probability can be met.
    let risk = alpha(0.05);
    for k in [1, 50_000_000, 999_999_999] {
        let count = count(k, 1_000_000_000);
        let upper = binomial::upper_bound(count, risk);
        assert_close(binomial::at_most(count, upper), 0.05, 1e-5, &format!("upper bound of {k}"));
        let lower = binomial::lower_bound(count, risk);
        assert_close(binomial::at_least(count, lower), 0.05, 1e-5, &format!("lower bound of {k}"));
        let prior = Prior::below(limit(0.05));
        for bound in [mixture::upper_bound(count, prior, risk), mixture::lower_bound(count, prior, risk)] {
            assert_close(mixture::log_evidence(count, prior, bound), risk.evidence(), 1e-5, &format!("mixture of {k}"));
        }
    }
}
