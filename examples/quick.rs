//! scratch
use corridor::{corpus::*, decide::*, model::*, replay::*};
use std::time::Instant;
fn main() {
    let threads: usize = std::env::args().nth(1).unwrap().parse().unwrap();
    let file = std::env::args().nth(2).unwrap();
    let input = CorpusInput::File(file.into());
    let t = Instant::now();
    let mut n = 0u64;
    let mut x = 0;
    let o = input.open().unwrap();
    let mut r = BatchReader::new(o, "x".into(), Fill::Whole);
    while let Some(b) = r.next_batch().unwrap() {
        for (_, l) in b.lines() {
            let r = parse_line(l.unwrap()).unwrap();
            x += r.command.text.len();
            n += 1;
        }
    }
    let tp = t.elapsed().as_secs_f64();
    let n = n as f64;
    println!("parse {:?}us {x}", tp * 1e6 / n);
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
    let ps: Vec<OurPath> = RuleSet::ALL
        .iter()
        .map(|r| OurPath::new(Settings::from_environment(&env, &PolicySource::BuiltIn), *r))
        .collect();
    for k in 1..=2 {
        let t = Instant::now();
        let sel = Selection::default();
        let job = CorpusJob {
            name: "household",
            input: &input,
            label: "x",
            selection: &sel,
            rates: &[0.01, 0.05, 0.1, 1.0],
            keep_going: false,
            threads,
            golden: &[false, false],
        };
        let paths: Vec<&dyn DecisionPath> = ps.iter().take(k).map(|p| p as &dyn DecisionPath).collect();
        let runs = std::path::Path::new("/tmp/b/runs");
        let mut st: Vec<Staging> = (0..k).map(|_| Staging::new(runs).unwrap()).collect();
        let res = replay_corpus(&job, &paths, &mut st, &|_| ()).unwrap();
        let tr = t.elapsed().as_secs_f64();
        println!("{k} rule sets: {:.3}us ratio {:.2} {:?}", tr * 1e6 / n, tr / tp, res.paths[0].counts.classes);
        for (i, s) in st.into_iter().enumerate() {
            s.publish(runs, &format!("run{i}")).unwrap();
        }
        println!("published {:.3}us ratio {:.2}", t.elapsed().as_secs_f64() * 1e6 / n, t.elapsed().as_secs_f64() / tp);
    }
    let m = std::fs::read_to_string("/proc/self/status").unwrap();
    println!("{}", m.lines().find(|l| l.starts_with("VmHWM")).unwrap());
}
