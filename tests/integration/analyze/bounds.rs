//! What the counts prove: bounds of rates and quantiles, and the evidence against a sample rate.

use super::log::{SAMPLED, UNSAMPLED, accepted, analyze, error, failed, finding, honest, log, not_sampled};
use serde_json::{Value, json};

/// `count` commands; `wanted` says whether they are in the sample at 0.05.
fn ids(count: usize, wanted: bool) -> impl Iterator<Item = String> {
    let is_sampled = |id: &String| corridor::model::IdDigest::of(id).bucket().is_sampled_at(0.05);
    (0..).map(|number| format!("id-{number}")).filter(move |id| is_sampled(id) == wanted).take(count)
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value}"))
}

#[test]
fn bounds_of_a_rate_narrow_with_attempts_and_say_nothing_without() {
    let none = honest(log(&[not_sampled(UNSAMPLED[0])]), &[]);
    let rate = &none["all"]["candidate_failure_rate"];
    assert_eq!(*rate, json!({"count": 0, "of": 0, "rate": null, "lower": 0.0, "upper": 1.0}));
    let mut before = 1.0;
    for attempts in [1_i32, 10, 50, 200] {
        let lines: Vec<_> = ids(attempts.unsigned_abs() as usize, true).map(|id| accepted(&id)).collect();
        let rate = &honest(log(&lines), &[])["all"]["candidate_failure_rate"].clone();
        // Without an event the uniform mixture is 1 / ((n + 1) (1 - p)^n), and reaches 1 / 0.025 here.
        let expected = 1.0 - (0.025 / f64::from(attempts + 1)).powf(1.0 / f64::from(attempts));
        assert!((number(&rate["upper"]) - expected).abs() < 1e-9, "{attempts}: {rate}");
        assert!(number(&rate["lower"]).abs() < f64::EPSILON && expected < before);
        before = expected;
    }
    // Fifty attempts without an error do not prove less than one in twenty.
    let text = analyze(log(&ids(50, true).map(|id| accepted(&id)).collect::<Vec<_>>()), &[]).stdout;
    assert!(text.contains("0.05, bounds") && text.contains("0.0–14.2%"), "{text}");
}

#[test]
fn every_rate_of_every_stage_and_day_lies_between_its_bounds() {
    let mut lines: Vec<_> = ids(40, true).map(|id| accepted(&id)).collect();
    lines.extend(SAMPLED[..3].iter().map(|id| error(id)));
    lines.extend(SAMPLED[3..].iter().map(|id| failed(id, "timeout").at("2026-02-11T10:00:00Z")));
    let honest = honest(log(&lines), &[]);
    let views = [&honest["stages"], &honest["days"]].into_iter().flat_map(|views| views.as_array().unwrap());
    let mut count = 0;
    for outcomes in views.chain([&honest["all"]]) {
        for rate in ["candidate_failure_rate", "error_rate_attempted", "change_rate"].map(|name| &outcomes[name]) {
            let Some(value) = rate["rate"].as_f64() else { continue };
            count += 1;
            assert!(number(&rate["lower"]) <= value && value <= number(&rate["upper"]), "{rate}");
        }
    }
    assert!(count >= 10, "{count}");
}

#[test]
fn timeouts_bound_a_quantile_from_below_only() {
    let median = |timeouts: usize| {
        let lines = (0..).zip(ids(100, true)).map(|(place, id)| {
            if place < 100 - timeouts { accepted(&id).after(place) } else { failed(&id, "timeout") }
        });
        honest(log(&lines.collect::<Vec<_>>()), &[])["all"]["latency"]["with_timeouts"].clone()
    };
    // The 40th and the 61st of a hundred bound the median, each side at 0.025.
    let measured = median(0);
    assert_eq!((&measured["p50"]["lower_ms"], &measured["p50"]["upper_ms"]), (&json!(39), &json!(60)));
    assert_eq!(measured["p99"]["upper_ms"], Value::Null);
    let few = median(39);
    assert_eq!((&few["p50"]["lower_ms"], &few["p50"]["upper_ms"]), (&json!(39), &json!(60)));
    let many = median(40);
    assert_eq!((&many["p50"]["lower_ms"], &many["p50"]["upper_ms"]), (&json!(39), &Value::Null));
    assert_eq!(median(90)["p50"]["lower_ms"], 200);
}

#[test]
fn a_log_whose_proportion_of_sampled_commands_differs_from_its_rate_is_a_problem() {
    let stage = |honest: &Value| number(&honest["stages"][0]["sampling"]["mismatch_evidence"]);
    // One in twenty, as ordered.
    let mut fair: Vec<_> = ids(190, false).map(|id| not_sampled(&id)).collect();
    fair.extend(ids(10, true).map(|id| accepted(&id)));
    let good = honest(log(&fair), &[]);
    assert!(stage(&good) < 0.0, "{}", stage(&good));
    assert_eq!(
        (finding(&good, "sample_ratio_mismatch"), &good["all"]["sampling"]["mismatch_evidence"]),
        (0, &Value::Null)
    );
    // Attempts alone: whoever wrote the log has left the others out. Every flag is right.
    let attempts = honest(log(&fair[190..]), &[]);
    // ln(19/29) + sum of ln(i / (29 - i)) for i = 1..10 - 10 ln 0.05, the formula of the mixture with the prior Beta(1, 19).
    let expected = (19.0_f64 / 29.0).ln() + (1..=10).map(|i| (f64::from(i) / f64::from(29 - i)).ln()).sum::<f64>()
        - 10.0 * 0.05_f64.ln();
    assert!((stage(&attempts) - expected).abs() < 1e-9, "{} {expected}", stage(&attempts));
    assert_eq!((finding(&attempts, "sample_ratio_mismatch"), finding(&attempts, "sampled_flag_differs")), (1, 0));
    let text = analyze(log(&fair[190..]), &[]).stdout;
    assert!(text.contains("problem: 1 sample rate samples another part") && text.contains("(0.05)"), "{text}");
    // At rate 1 a single command outside the sample is certainty, which is a number all the same.
    let certain = honest(log(&[not_sampled(UNSAMPLED[0]).with("sample_rate", 1.0)]), &[]);
    assert!((stage(&certain) - 1e9).abs() < 1.0);
    assert!(analyze(log(&[not_sampled(UNSAMPLED[0]).with("sample_rate", 1.0)]), &[]).stdout.contains("certain"));
}
