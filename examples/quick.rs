//! scratch
use corridor::{decide::*, model::*, outcome::*};
use std::time::Instant;
fn main() {
    let s = std::fs::read_to_string("/tmp/b/big.jsonl").unwrap();
    let n = s.lines().count() as f64;
    let t = Instant::now();
    let mut x = 0;
    for l in s.lines() {
        let r: Recording = serde_json::from_str(l).unwrap();
        x += r.command.text.len();
    }
    println!("parse {:?}us {x}", t.elapsed().as_secs_f64() * 1e6 / n);
    let env: Environment = [
        ("PARTIAL_TRUST_ENABLED", "true"),
        ("PARTIAL_TRUST_SAMPLE_RATE", "1"),
        ("PARTIAL_TRUST_PROFILE_ID", "partial_trust"),
        ("LLM_POLICY_ENABLED", "true"),
        ("LLM_POLICY_ALLOW_PLACEHOLDERS", "true"),
    ]
    .iter()
    .map(|(a, b)| (a.to_string(), b.to_string()))
    .collect();
    for rules in RuleSet::ALL {
        let p = OurPath::new(Settings::from_environment(&env, &PolicySource::BuiltIn), *rules);
        let t = Instant::now();
        let mut y = 0;
        let mut z = 0;
        let mut w = 0;
        let mut td = 0.;
        let mut to = 0.;
        let mut ts = 0.;
        for l in s.lines() {
            let r: Recording = serde_json::from_str(l).unwrap();
            let t0 = Instant::now();
            let d = IdDigest::of(&r.command.command_id);
            let x = p.decide(&r, &d);
            td += t0.elapsed().as_secs_f64();
            let t0 = Instant::now();
            let o = Outcome::new(&r, d, x, false);
            y += o.divergence as usize;
            to += t0.elapsed().as_secs_f64();
            let t0 = Instant::now();
            let risk = o.decided.as_ref().unwrap().risk.as_ref().unwrap();
            w += serde_json::to_vec(&RiskLine::new(&r.command.command_id, &r.command.timestamp, risk)).unwrap().len();
            z += serde_json::to_vec(&o.into_line("household")).unwrap().len();
            ts += t0.elapsed().as_secs_f64();
        }
        println!(
            "{rules} total {:.2}us decide {:.2} outcome {:.2} serialize {:.2} {y} outcome {} risk {}",
            t.elapsed().as_secs_f64() * 1e6 / n,
            td * 1e6 / n,
            to * 1e6 / n,
            ts * 1e6 / n,
            z as f64 / n,
            w as f64 / n
        );
    }
}
